import type { Message } from "@medea/api";
import { ShieldAlert } from "lucide-react";
import { type Act, actSentence } from "@/features/agents";

/** What guardrails did to a message: which rule, and how often; never what it acted on. */
export function GuardrailLines({ parts }: { parts: Message["parts"] }) {
  const acts = parts
    .filter((part) => part.type === "guardrail" && typeof part.rule === "string")
    .map((part) => actSentence(part as unknown as Act));
  if (acts.length === 0) return null;
  return (
    <ul className="grid gap-1" aria-label="Guardrails">
      {acts.map((sentence) => (
        <li key={sentence} className="flex items-start gap-1.5 text-muted-foreground text-xs">
          <ShieldAlert aria-hidden="true" className="mt-0.5 size-3 shrink-0" />
          <span className="min-w-0 break-words">{sentence}</span>
        </li>
      ))}
    </ul>
  );
}
