import type { GuardrailsTrial } from "@medea/api";
import { FormField, Notice, Spinner, Textarea } from "@medea/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { api } from "@/lib/api";
import { useDraft } from "../editor/draft-context";
import { Section } from "../editor/section";
import { type Act, actSentence } from "./acts";
import { useSettled } from "./use-settled";
import { guardrailsToWire } from "./wire";

const EXAMPLE =
  "I am jane@example.com, my card is 4111 1111 1111 1111. Is https://example.com yours?";

/** A text, and what the rules as they stand on screen would do to it. */
export function TryPanel() {
  const { agent, canWrite } = useDraft();
  const [text, setText] = useState(EXAMPLE);
  const rules = useDeferredValue(agent.guardrails);
  const asked = useSettled(JSON.stringify({ text, guardrails: guardrailsToWire(rules) }), 400);
  const trial = useQuery({
    queryKey: ["agents", "one", agent.id, "guardrails", asked],
    queryFn: () => api.agents.tryGuardrails(agent.id, JSON.parse(asked)),
    enabled: canWrite && text.trim() !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!canWrite) return null;
  return (
    <Section
      title="Try it"
      description="What the rules below, saved or not, would do to a text. Nothing is kept, and no model is asked."
    >
      <FormField
        label="A message, or an answer"
        aside={trial.isFetching ? <Spinner label="Trying" /> : null}
      >
        <Textarea
          rows={3}
          maxLength={32000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </FormField>
      {text.trim() === "" ? (
        <p className="text-muted-foreground text-sm">Write something to see what happens to it.</p>
      ) : trial.isError ? (
        <LoadFailure error={trial.error} what="the trial" onRetry={() => void trial.refetch()} />
      ) : trial.data ? (
        <Outcome trial={trial.data} />
      ) : null}
    </Section>
  );
}

function Outcome({ trial: { prompt, answer } }: { trial: GuardrailsTrial }) {
  return (
    <div className="grid gap-4 md:grid-cols-2" aria-live="polite">
      <Side title="As a visitor's message" acts={prompt.acts}>
        {prompt.reply === null ? (
          <Shown label="The model would see" text={prompt.to_model} />
        ) : (
          <Shown label="Answered at once" text={prompt.reply} />
        )}
        {prompt.kept === prompt.to_model ? null : (
          <Shown label="The transcript would hold" text={prompt.kept} />
        )}
      </Side>
      <Side title="As an answer of the model" acts={answer.acts}>
        <Shown label="Readers would see" text={answer.shown} />
      </Side>
    </div>
  );
}

interface SideProps {
  title: string;
  acts: Act[];
  children: React.ReactNode;
}

function Side({ title, acts, children }: SideProps) {
  const Icon = acts.length > 0 ? ShieldAlert : ShieldCheck;
  return (
    <section className="grid content-start gap-3 rounded-lg border bg-card p-4">
      <h3 className="flex items-center gap-2 font-medium text-sm">
        <Icon aria-hidden="true" className="size-4 text-muted-foreground" />
        {title}
      </h3>
      {children}
      {acts.length > 0 ? (
        <Notice variant="warning">
          <ul className="grid gap-1">
            {acts.map((act) => (
              <li key={`${act.rule} ${act.action} ${act.name}`}>{actSentence(act)}</li>
            ))}
          </ul>
        </Notice>
      ) : (
        <p className="text-muted-foreground text-xs">No rule acts.</p>
      )}
    </section>
  );
}

function Shown({ label, text }: { label: string; text: string }) {
  return (
    <div className="grid gap-1">
      <p className="text-muted-foreground text-xs">{label}</p>
      <p className="max-h-48 overflow-y-auto whitespace-pre-wrap break-words text-sm">{text}</p>
    </div>
  );
}
