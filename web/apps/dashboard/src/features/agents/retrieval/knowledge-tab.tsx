import type { Agent } from "@medea/api";
import { FormField, Label, Slider, Switch, Textarea } from "@medea/ui";
import { useId } from "react";
import { useDraft } from "../editor/draft-context";
import { Section } from "../editor/section";
import { BasePicker } from "./base-picker";

type Retrieval = Agent["retrieval"];

/** What the agent answers from, and what it does when nothing there answers. */
export function KnowledgeTab() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const { retrieval } = agent;
  const change = (values: Partial<Retrieval>) => edit({ retrieval: { ...retrieval, ...values } });
  const hasBases = retrieval.knowledge_bases.length > 0;
  return (
    <>
      <Section
        title="Knowledge bases"
        description="Before each answer the agent searches these, and cites what it uses. Without any it answers from its instructions alone."
      >
        <BasePicker
          chosen={retrieval.knowledge_bases}
          readOnly={!canWrite}
          onChange={(knowledge_bases) => change({ knowledge_bases })}
        />
        {fieldError("retrieval") ? (
          <p role="alert" className="text-destructive text-xs">
            {fieldError("retrieval")}
          </p>
        ) : null}
      </Section>
      {hasBases ? (
        <>
          <Section
            title="What the model is shown"
            description="More passages answer broad questions, fewer cost less. A threshold keeps out what hardly fits."
          >
            <ShownPassages retrieval={retrieval} canWrite={canWrite} change={change} />
          </Section>
          <Section
            title="When nothing is found"
            description="The agent says that it does not know, and offers this. The question is listed under Knowledge, where you can write an answer."
          >
            <FormField
              label="What to offer instead"
              optional
              hint="Empty: it only says so."
              error={fieldError("retrieval.when_unanswered")}
            >
              <Textarea
                rows={3}
                maxLength={1000}
                readOnly={!canWrite}
                value={retrieval.when_unanswered}
                placeholder="Offer to write to help@example.com; somebody answers within a day."
                onChange={(event) => change({ when_unanswered: event.target.value })}
              />
            </FormField>
          </Section>
          <Section title="Sources">
            <ShowSources retrieval={retrieval} canWrite={canWrite} change={change} />
          </Section>
        </>
      ) : null}
    </>
  );
}

interface PartProps {
  retrieval: Retrieval;
  canWrite: boolean;
  change: (values: Partial<Retrieval>) => void;
}

const USUAL_THRESHOLD = 0.3;

function ShownPassages({ retrieval, canWrite, change }: PartProps) {
  const { top_k, threshold } = retrieval;
  const id = useId();
  return (
    <div className="grid max-w-md gap-5">
      <FormField
        label="Passages at most"
        aside={<output className="font-medium text-foreground tabular-nums">{top_k}</output>}
      >
        <Slider
          label="Passages at most"
          min={1}
          max={20}
          disabled={!canWrite}
          value={[top_k]}
          onValueChange={([value]) => change({ top_k: value ?? top_k })}
        />
      </FormField>
      <div className="flex items-center gap-3">
        <Switch
          id={id}
          checked={threshold !== null}
          disabled={!canWrite}
          onCheckedChange={(on) => change({ threshold: on ? USUAL_THRESHOLD : null })}
        />
        <Label htmlFor={id} className="font-normal text-sm">
          Only passages above a threshold
        </Label>
      </div>
      {threshold === null ? null : (
        <FormField
          label="Threshold"
          hint="The score of the hit test. Below it the agent would rather not know."
          aside={
            <output className="font-medium text-foreground tabular-nums">
              {threshold.toFixed(2)}
            </output>
          }
        >
          <Slider
            label="Threshold"
            min={0}
            max={1}
            step={0.01}
            disabled={!canWrite}
            value={[threshold]}
            onValueChange={([value]) => change({ threshold: value ?? threshold })}
          />
        </FormField>
      )}
    </div>
  );
}

function ShowSources({ retrieval, canWrite, change }: PartProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <Switch
        id={id}
        checked={retrieval.show_sources}
        disabled={!canWrite}
        aria-describedby={`${id}-hint`}
        onCheckedChange={(show_sources) => change({ show_sources })}
      />
      <div className="grid gap-0.5">
        <Label htmlFor={id} className="font-normal text-sm">
          Show visitors where an answer comes from
        </Label>
        <p id={`${id}-hint`} className="text-muted-foreground text-xs">
          They can open the document at the place. Off for documents that are not theirs to read.
        </p>
      </div>
    </div>
  );
}
