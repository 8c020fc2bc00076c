import type { RawPart } from "@medea/chat";
import { readParts } from "@medea/chat/parts";
import { Button, cn } from "@medea/ui";
import { CircleHelp, ShieldAlert, ShieldCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { WhySheet } from "./why-sheet";

interface GroundingLineProps {
  conversationId: string;
  turnId: string;
  parts: readonly RawPart[];
}

/** How far a reply is carried by its sources, and the way to what the model saw. */
export function GroundingLine({ conversationId, turnId, parts }: GroundingLineProps) {
  const { grounding } = useMemo(() => readParts(parts), [parts]);
  const [isOpen, setOpen] = useState(false);
  if (!grounding) return null;
  const { supported, unsupported, isAnswered } = grounding;
  const isWhole = isAnswered && supported !== null && supported >= 0.999;
  const Icon = isWhole ? ShieldCheck : isAnswered ? ShieldAlert : CircleHelp;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
      {isAnswered && supported === null ? null : (
        <span
          className={cn("flex items-center gap-1.5", isWhole ? "text-success" : "text-warning")}
        >
          <Icon className="size-3.5 shrink-0" aria-hidden="true" />
          <span>
            {sentenceOf(isAnswered, supported)}
            {unsupported.length > 0 ? (
              <span className="text-muted-foreground">
                {unsupported.length === 1
                  ? ", 1 sentence is underlined"
                  : `, ${unsupported.length} sentences are underlined`}
              </span>
            ) : null}
          </span>
        </span>
      )}
      <Button
        variant="ghost"
        size="xs"
        className="-ml-2 text-muted-foreground"
        onClick={() => setOpen(true)}
      >
        Why this answer
      </Button>
      <WhySheet
        conversationId={conversationId}
        turnId={turnId}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      />
    </div>
  );
}

function sentenceOf(isAnswered: boolean, supported: number | null): string {
  if (!isAnswered) return "The documents held no answer";
  const share = Math.round((supported ?? 0) * 100);
  return share === 100
    ? "Every sentence is supported"
    : `${share} % of the sentences are supported`;
}
