import type { Fallback } from "@medea/api";
import { Button } from "@medea/ui";
import { PlusIcon } from "lucide-react";
import { useRef, useState } from "react";
import { useDraft } from "./draft-context";
import { FallbackRow } from "./fallback-row";
import { focusRowButton } from "./row-focus";
import { move } from "./rows";
import { Section } from "./section";

const MOST = 5;

/** The models that take over where the agent's own gives no answer, in order. */
export function FallbackSection() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const [announcement, setAnnouncement] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const rows = agent.fallbacks;
  const change = (fallbacks: Fallback[]) => edit({ fallbacks });
  const shift = (from: number, to: number) => {
    change(move(rows, from, to));
    setAnnouncement(`Moved to place ${to + 1} of ${rows.length}.`);
    focusRowButton(list, to, to < from ? "up" : "down");
  };
  return (
    <Section
      title="If it gives no answer"
      description="These models take over, from the top, as long as the visitor has seen nothing of an answer. Whoever reads the transcript sees which one answered, and why."
    >
      {rows.length > 0 ? (
        <ol ref={list} className="grid max-w-xl gap-3">
          {rows.map((row, index) => (
            <FallbackRow
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
              key={index}
              fallback={row}
              number={index + 1}
              total={rows.length}
              canWrite={canWrite}
              error={fieldError(`fallbacks.${index}.model`)}
              onChange={(changed) => change(rows.map((old, at) => (at === index ? changed : old)))}
              onMove={(to) => shift(index, to)}
              onRemove={() => {
                change(rows.filter((_, at) => at !== index));
                setAnnouncement(`Removed. ${rows.length - 1} left.`);
                focusRowButton(list, index, "remove");
              }}
            />
          ))}
        </ol>
      ) : null}
      {canWrite ? (
        <Button
          variant="outline"
          className="justify-self-start"
          disabled={rows.length >= MOST}
          onClick={() => change([...rows, { model: "", on: ["error", "timeout", "budget"] }])}
        >
          <PlusIcon />
          Add a model
        </Button>
      ) : rows.length === 0 ? (
        <p className="text-muted-foreground text-sm">None: the visitor is asked to try again.</p>
      ) : null}
      <p aria-live="polite" className="sr-only">
        {announcement}
      </p>
    </Section>
  );
}
