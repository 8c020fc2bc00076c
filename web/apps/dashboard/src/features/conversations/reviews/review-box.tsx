import { ApiError } from "@medea/api";
import { Button, FormField, Notice, Textarea, toast } from "@medea/ui";
import { Check, PenLine, X } from "lucide-react";
import { useState } from "react";
import { useCan } from "@/lib/session";
import { useReview } from "./queries";

interface ReviewBoxProps {
  turnId: string;
  /** The whole answer, and as much of it as the visitor has seen. */
  text: string;
  shown: string;
  reason: string;
  rules?: string[];
  expiresAt: string;
}

const WHY: Record<string, string> = {
  flagged: "A guardrail stopped this answer.",
  unsupported: "The documents do not support all of this answer.",
  all: "Every answer of this agent is looked at first.",
};

/** An answer that a visitor waits for: show it, say something else, or decline. */
export function ReviewBox({ turnId, text, shown, reason, rules, expiresAt }: ReviewBoxProps) {
  const mayDecide = useCan("conversations:review");
  const review = useReview(turnId);
  const [own, setOwn] = useState<string | null>(null);
  const decide = async (body: { approved: boolean; answer?: string }, done: string) => {
    try {
      await review.mutateAsync(body);
      toast.success(done);
    } catch (error) {
      toast.error(
        error instanceof ApiError && error.status === 409
          ? "Somebody else has decided already, or the time was up."
          : "This could not be sent. Please try again.",
      );
    }
  };
  const rest = text.startsWith(shown) ? text.slice(shown.length).trim() : text;
  const named = rules && rules.length > 0 ? ` It holds ${rules.join(", ")}.` : "";
  return (
    <Notice variant="warning" title="Waits for your approval">
      <div className="grid gap-3">
        <p>
          {WHY[reason] ?? WHY.flagged}
          {named} The visitor waits until <time dateTime={expiresAt}>{clock(expiresAt)}</time>.
        </p>
        <blockquote
          dir="auto"
          className="max-h-64 overflow-y-auto whitespace-pre-wrap break-words rounded-md border bg-background px-3 py-2 text-foreground"
        >
          {shown ? <span className="text-muted-foreground">{shown} </span> : null}
          {rest}
        </blockquote>
        {shown ? <p className="text-xs">The visitor has seen what is grey.</p> : null}
        {mayDecide && own !== null ? (
          <FormField label="Say instead">
            <Textarea
              rows={3}
              maxLength={32000}
              value={own}
              onChange={(event) => setOwn(event.target.value)}
            />
          </FormField>
        ) : null}
        {mayDecide ? (
          <div className="flex flex-wrap gap-2">
            {own === null ? (
              <>
                <Button
                  size="sm"
                  disabled={review.isPending}
                  onClick={() => void decide({ approved: true }, "The answer is shown")}
                >
                  <Check />
                  Approve
                </Button>
                <Button
                  size="sm"
                  variant="outline"
                  disabled={review.isPending}
                  onClick={() => setOwn("")}
                >
                  <PenLine />
                  Say something else
                </Button>
                <Button
                  size="sm"
                  variant="outline"
                  disabled={review.isPending}
                  onClick={() => void decide({ approved: false }, "The answer is declined")}
                >
                  <X />
                  Decline
                </Button>
              </>
            ) : (
              <>
                <Button
                  size="sm"
                  disabled={review.isPending || own.trim() === ""}
                  onClick={() =>
                    void decide({ approved: false, answer: own }, "Your answer is shown")
                  }
                >
                  Send
                </Button>
                <Button size="sm" variant="ghost" onClick={() => setOwn(null)}>
                  Back
                </Button>
              </>
            )}
          </div>
        ) : (
          <p className="text-xs">Editors of this workspace can decide.</p>
        )}
      </div>
    </Notice>
  );
}

const clock = (at: string): string =>
  new Date(at).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });
