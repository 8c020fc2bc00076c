import type { Message } from "@medea/api";
import { ShuffleIcon } from "lucide-react";
import { whyNot } from "./event-sentence";

interface Move {
  from: string | null;
  to: string;
  reason: string;
  code: string;
}

const moveOf = (part: Message["parts"][number]): Move | null =>
  part.type === "fallback" ? (part as unknown as Move) : null;

/** Which models gave no answer before the one that did: for the tenant's people, not for visitors. */
export function FallbackLine({ parts }: { parts: Message["parts"] }) {
  const moves = parts.map(moveOf).filter((move) => move !== null);
  const last = moves.at(-1);
  if (!last) return null;
  const why = moves.map((move) => `${move.from ?? "the default model"} ${whyNot(move.reason)}`);
  return (
    <p className="flex items-start gap-1.5 text-muted-foreground text-xs">
      <ShuffleIcon aria-hidden="true" className="mt-0.5 size-3 shrink-0" />
      <span className="min-w-0 break-words">
        Answered by {last.to}, because {why.join(" and ")}{" "}
        <code className="font-mono text-2xs">{moves.map((move) => move.code).join(", ")}</code>
      </span>
    </p>
  );
}
