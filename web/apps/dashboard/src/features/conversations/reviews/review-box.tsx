import { ApiError, type ReviewInput } from "@medea/api";
import { Button, FormField, Notice, Textarea, toast } from "@medea/ui";
import { Check, PenLine, X } from "lucide-react";
import { useRef, useState } from "react";
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
  /** The element that says what was asked, where several boxes stand on one page. */
  describedBy?: string;
  /** Called before a decision is sent. */
  onDecide?: () => void;
}

const WHY: Record<string, string> = {
  flagged: "A guardrail stopped this answer.",
  unsupported: "The documents do not support all of this answer.",
  all: "Every answer of this agent is looked at first.",
};

/** An answer that a visitor waits for: show it, say something else, or decline. */
export function ReviewBox(props: ReviewBoxProps) {
  const { turnId, text, shown, reason, rules, expiresAt, describedBy, onDecide } = props;
  const mayDecide = useCan("conversations:review");
  const review = useReview(turnId);
  const [own, setOwn] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const decide = async (body: ReviewInput, done: string) => {
    const here = box.current;
    const heading = here?.closest("section")?.querySelector("h2");
    /** The box goes with the decision: focus that was in it goes on from the heading of its section. */
    const leave = () => {
      const at = document.activeElement;
      const isLost = at === null || at === document.body || here?.contains(at);
      if (isLost) heading?.focus({ preventScroll: true });
    };
    onDecide?.();
    try {
      await review.mutateAsync(body);
      toast.success(done);
      leave();
    } catch (error) {
      const isLate = error instanceof ApiError && error.status === 409;
      toast.error(
        isLate
          ? "Somebody else has decided already, or the time was up."
          : "This could not be sent. Please try again.",
      );
      if (isLate) leave();
    }
  };
  const goBack = () => {
    setOwn(null);
    requestAnimationFrame(() => opener.current?.focus());
  };
  const sent = review.isPending ? review.variables : null;
  const rest = text.startsWith(shown) ? text.slice(shown.length).trim() : text;
  const named = rules && rules.length > 0 ? ` It holds ${rules.join(", ")}.` : "";
  return (
    <Notice ref={box} variant="warning" title="Waits for your approval">
      <div className="grid grid-cols-1 gap-3">
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
              autoFocus
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
                  aria-describedby={describedBy}
                  loading={sent?.approved === true}
                  disabled={sent?.approved === false}
                  onClick={() => void decide({ approved: true }, "The answer is shown")}
                >
                  <Check />
                  Approve
                </Button>
                <Button
                  ref={opener}
                  size="sm"
                  variant="outline"
                  aria-describedby={describedBy}
                  disabled={review.isPending}
                  onClick={() => setOwn("")}
                >
                  <PenLine />
                  Say something else
                </Button>
                <Button
                  size="sm"
                  variant="outline"
                  aria-describedby={describedBy}
                  loading={sent?.approved === false}
                  disabled={sent?.approved === true}
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
                  aria-describedby={describedBy}
                  loading={review.isPending}
                  disabled={own.trim() === ""}
                  onClick={() =>
                    void decide({ approved: false, answer: own }, "Your answer is shown")
                  }
                >
                  Send
                </Button>
                <Button size="sm" variant="ghost" onClick={goBack}>
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
