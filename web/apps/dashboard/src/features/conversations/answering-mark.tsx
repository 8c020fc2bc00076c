import { Badge } from "@medea/ui";

/** Says that an answer is being written this moment. */
export function AnsweringMark({ label = "Answering" }: { label?: string }) {
  return (
    <Badge variant="success" className="rounded-full">
      <span className="relative flex size-1.5" aria-hidden="true">
        <span className="absolute inline-flex size-full animate-ping rounded-full bg-success opacity-60" />
        <span className="relative inline-flex size-1.5 rounded-full bg-success" />
      </span>
      {label}
    </Badge>
  );
}
