import type { HeldAnswer } from "@medea/api";
import { RelativeTime } from "@medea/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { CursorList, rowsOf } from "@/components/cursor-list";
import { useCan } from "@/lib/session";
import { heldListQuery } from "./queries";
import { ReviewBox } from "./review-box";

/** The answers that visitors wait for because somebody is to look at them; nothing, where none waits. */
export function HeldSection() {
  return useCan("conversations:review") ? <HeldList /> : null;
}

function HeldList() {
  const list = useInfiniteQuery(heldListQuery);
  const [isUsed, setUsed] = useState(false);
  // Only what is there takes room: this list is empty almost always. Whoever has decided here still has
  // their place in it, though.
  if (rowsOf(list).length === 0 && !isUsed) return null;
  return (
    <section aria-labelledby="held-answers" className="grid grid-cols-1 gap-3">
      <h2 id="held-answers" tabIndex={-1} className="focus-mark rounded font-medium text-sm">
        Waiting for approval
      </h2>
      <CursorList
        list={list}
        what="the answers that wait"
        label="Answers that wait"
        empty={<p className="text-muted-foreground text-sm">No answer waits any more.</p>}
      >
        {(answer) => <HeldRow answer={answer} onDecide={() => setUsed(true)} />}
      </CursorList>
    </section>
  );
}

function HeldRow({ answer, onDecide }: { answer: HeldAnswer; onDecide: () => void }) {
  const prompt = useId();
  return (
    <li className="grid gap-2 px-4 py-3">
      <p className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
        <span className="font-medium text-foreground">{answer.agent.name}</span>
        {answer.is_draft ? <span>draft</span> : null}
        <RelativeTime at={answer.asked_at} />
        <Link
          to="/dashboard/conversations/$conversationId"
          params={{ conversationId: answer.conversation_id }}
          className="focus-mark rounded underline underline-offset-2"
        >
          Open the conversation
        </Link>
      </p>
      <p id={prompt} dir="auto" className="line-clamp-3 whitespace-pre-wrap break-words text-sm">
        {answer.prompt}
      </p>
      <ReviewBox
        turnId={answer.turn_id}
        text={answer.text}
        shown={answer.shown}
        reason={answer.reason}
        rules={answer.rules}
        expiresAt={answer.expires_at}
        describedBy={prompt}
        onDecide={onDecide}
      />
    </li>
  );
}
