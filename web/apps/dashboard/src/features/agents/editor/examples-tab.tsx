import type { Example } from "@medea/api";
import { Button, EmptyState, FormField, Textarea } from "@medea/ui";
import { MessageSquareQuote, Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useDraft } from "./draft-context";
import { RowButtons } from "./row-buttons";
import { focusRowButton } from "./row-focus";
import { move } from "./rows";
import { Section } from "./section";

const MOST = 20;

export function ExamplesTab() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const [announcement, setAnnouncement] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const examples = agent.examples;

  const change = (rows: Example[]) => edit({ examples: rows });
  const add = () => {
    change([...examples, { user: "", assistant: "" }]);
    requestAnimationFrame(() => {
      const areas = list.current?.querySelectorAll<HTMLTextAreaElement>("textarea[data-user]");
      areas?.[areas.length - 1]?.focus();
    });
  };
  const shift = (from: number, to: number) => {
    change(move(examples, from, to));
    focusRowButton(list, to, to < from ? "up" : "down");
    setAnnouncement(`Example moved to place ${to + 1} of ${examples.length}`);
  };

  return (
    <Section
      title="Examples"
      description="Exchanges that show how it should be done. A few good ones steer tone and length better than another paragraph of instructions."
    >
      {fieldError("examples") ? (
        <p role="alert" className="text-destructive text-sm">
          {fieldError("examples")}
        </p>
      ) : null}
      {examples.length === 0 ? (
        <EmptyState
          icon={MessageSquareQuote}
          title="No examples yet"
          description="Write down a question that visitors really ask, and the answer you would be proud of."
          action={
            canWrite ? (
              <Button onClick={add}>
                <Plus />
                Add an example
              </Button>
            ) : null
          }
        />
      ) : (
        <>
          <ol ref={list} className="grid grid-cols-1 gap-4">
            {examples.map((example, index) => (
              <ExampleRow
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
                key={index}
                example={example}
                number={index + 1}
                total={examples.length}
                canWrite={canWrite}
                onChange={(row) => change(examples.map((old, at) => (at === index ? row : old)))}
                onMove={(to) => shift(index, to)}
                onRemove={() => {
                  change(examples.filter((_, at) => at !== index));
                  focusRowButton(list, index, "remove");
                }}
              />
            ))}
          </ol>
          {canWrite ? (
            <Button
              variant="outline"
              className="justify-self-start"
              onClick={add}
              disabled={examples.length >= MOST}
            >
              <Plus />
              Add an example
            </Button>
          ) : null}
        </>
      )}
      <p aria-live="polite" className="sr-only">
        {announcement}
      </p>
    </Section>
  );
}

interface ExampleRowProps {
  example: Example;
  number: number;
  total: number;
  canWrite: boolean;
  onChange: (example: Example) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

function ExampleRow(props: ExampleRowProps) {
  const { example, number, total, canWrite, onChange, onMove, onRemove } = props;
  const isHalf = Boolean(example.user.trim()) !== Boolean(example.assistant.trim());
  return (
    <li className="rounded-xl border bg-card p-4 shadow-xs">
      <div className="mb-3 flex items-center gap-1">
        <h3 className="flex-1 font-medium text-muted-foreground text-xs">Example {number}</h3>
        {canWrite ? (
          <RowButtons
            label={`example ${number}`}
            number={number}
            total={total}
            onMove={onMove}
            onRemove={onRemove}
          />
        ) : null}
      </div>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <FormField label="Visitor asks">
          <Textarea
            data-user
            value={example.user}
            onChange={(event) => onChange({ ...example, user: event.target.value })}
            readOnly={!canWrite}
            placeholder="Where is my order?"
          />
        </FormField>
        <FormField label="Agent answers">
          <Textarea
            value={example.assistant}
            onChange={(event) => onChange({ ...example, assistant: event.target.value })}
            readOnly={!canWrite}
            placeholder="I can look that up. What is the order number?"
          />
        </FormField>
      </div>
      {isHalf ? (
        <p className="mt-2 text-warning text-xs">
          Not saved yet: an example needs a question and an answer.
        </p>
      ) : null}
    </li>
  );
}
