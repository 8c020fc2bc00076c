import type { VersionChange } from "@medea/api";
import { cn } from "@medea/ui";
import { useMemo } from "react";
import { emptyText, fieldName, valueText } from "./describe-change";
import { countChanges, diffText, type TextPart } from "./text-diff";

export type DiffLayout = "inline" | "side";

/** One changed field, word by word. */
export function ChangeView({ change, layout }: { change: VersionChange; layout: DiffLayout }) {
  const parts = useMemo(
    () => diffText(valueText(change.field, change.before), valueText(change.field, change.after)),
    [change],
  );
  const { added, removed } = countChanges(parts);
  const before = valueText(change.field, change.before);
  const after = valueText(change.field, change.after);
  const isShort = before.length < 60 && after.length < 60 && !`${before}${after}`.includes("\n");
  return (
    <section className="overflow-hidden rounded-lg border">
      <header className="flex items-center justify-between gap-3 border-b bg-muted/60 px-3.5 py-2">
        <h3 className="font-medium text-sm">{fieldName(change.field)}</h3>
        <p className="text-xs tabular-nums">
          <span className="text-success">+{added}</span>{" "}
          <span className="text-destructive">−{removed}</span>
          <span className="sr-only"> words</span>
        </p>
      </header>
      {isShort ? (
        <p className="flex flex-wrap items-center gap-2 px-3.5 py-3 text-sm">
          <Value text={before} empty={emptyText(change.field)} kind="removed" />
          <span aria-hidden="true" className="text-muted-foreground">
            →
          </span>
          <span className="sr-only">became</span>
          <Value text={after} empty={emptyText(change.field)} kind="added" />
        </p>
      ) : layout === "side" ? (
        <div className="grid grid-cols-1 md:grid-cols-2 md:divide-x">
          <Pane label="Before" parts={parts.filter((part) => part.kind !== "added")} />
          <Pane label="After" parts={parts.filter((part) => part.kind !== "removed")} />
        </div>
      ) : (
        <Pane label="Changes" parts={parts} />
      )}
    </section>
  );
}

const COLOUR = {
  removed: "rounded-[3px] bg-destructive-muted text-destructive",
  added: "rounded-[3px] bg-success-muted text-success",
};

function Value({ text, empty, kind }: { text: string; empty: string; kind: "removed" | "added" }) {
  if (!text) return <span className="text-muted-foreground">{empty}</span>;
  return (
    <span className={cn("inline-flex items-center gap-1.5 px-1.5 py-0.5", COLOUR[kind])}>
      {/^#[0-9a-f]{6}$/i.test(text) ? (
        <span
          aria-hidden="true"
          className="size-3 rounded-full border border-foreground/20"
          style={{ backgroundColor: text }}
        />
      ) : null}
      {text}
    </span>
  );
}

function Pane({ label, parts }: { label: string; parts: TextPart[] }) {
  return (
    <div className="min-w-0 border-b p-3.5 last:border-b-0 md:border-b-0">
      <p className="sr-only">{label}</p>
      <p className="whitespace-pre-wrap break-words text-sm leading-6">
        {parts.map((part, index) => {
          if (part.kind === "same") return part.text;
          const Mark = part.kind === "removed" ? "del" : "ins";
          return (
            <Mark
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
              key={index}
              className={cn(
                "no-underline",
                COLOUR[part.kind],
                part.kind === "removed" && "line-through decoration-destructive/50",
              )}
            >
              {part.text}
            </Mark>
          );
        })}
      </p>
    </div>
  );
}
