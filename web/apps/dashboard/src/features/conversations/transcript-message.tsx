import type { Conversation, Message } from "@medea/api";
import { Notice, RelativeTime, Spinner } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { Monogram } from "@/components/monogram";
import { ToolCalls } from "@/components/tool-calls";
import { CitedText, GroundingLine } from "@/features/knowledge";
import { AnsweringMark } from "./answering-mark";
import { FallbackLine } from "./fallback-line";
import { GuardrailLines } from "./guardrail-lines";
import { MessageFacts } from "./message-facts";
import { ReviewBox } from "./reviews/review-box";

export interface TranscriptMessageProps {
  message: Message;
  conversation: Conversation;
  /** The stream of this reply broke and is being joined again. */
  isLost: boolean;
}

/** One message of the transcript: what was asked stands right, what was answered left. */
export const TranscriptMessage = memo(function TranscriptMessage(props: TranscriptMessageProps) {
  return props.message.role === "user" ? <Question {...props} /> : <Reply {...props} />;
});

function Question({ message, conversation }: TranscriptMessageProps) {
  const speaker = conversation.channel === "widget" ? "Visitor" : "User";
  return (
    <li className="grid justify-items-end gap-1">
      <p className="flex gap-2 text-muted-foreground text-xs">
        <span className="font-medium text-foreground">{speaker}</span>
        <RelativeTime at={message.created_at} />
      </p>
      <div
        dir="auto"
        className="max-w-[min(85%,38rem)] whitespace-pre-wrap break-words rounded-xl rounded-tr-sm bg-secondary px-3.5 py-2 leading-relaxed"
      >
        {message.text}
      </div>
      <GuardrailLines parts={message.parts} />
    </li>
  );
}

/** What the reply waits for: its visitor, or somebody of the company. */
function Waiting({ message }: { message: Message }) {
  const held = message.parts.find((part) => part.type === "held");
  if (held === undefined || message.turn_id === null) {
    return <p className="text-muted-foreground text-xs">Waits for the visitor to answer.</p>;
  }
  return (
    <ReviewBox
      turnId={message.turn_id}
      text={String(held.text)}
      shown={String(held.shown)}
      reason={String(held.reason)}
      expiresAt={String(held.expires_at)}
    />
  );
}

function Reply({ message, conversation, isLost }: TranscriptMessageProps) {
  const isWriting = message.status === "streaming" || message.status === "queued";
  return (
    <li className="flex gap-3">
      <span className="mt-0.5">
        <Monogram name={conversation.agent.name} />
      </span>
      <div className="grid min-w-0 flex-1 gap-2">
        <p className="flex min-h-7 flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
          <span className="font-medium text-foreground">{conversation.agent.name}</span>
          {isWriting ? (
            <AnsweringMark
              label={
                isLost ? "Reconnecting" : message.status === "queued" ? "Waiting" : "Answering"
              }
            />
          ) : (
            <RelativeTime at={message.created_at} />
          )}
        </p>
        <FallbackLine parts={message.parts} />
        <ToolCalls parts={message.parts} />
        {message.text === "" && isWriting ? (
          <Spinner label="The reply is being written" className="text-muted-foreground" />
        ) : (
          <CitedText
            text={message.text}
            parts={message.parts}
            marksUnsupported
            className="max-w-[46rem]"
          />
        )}
        {message.status === "failed" ? (
          <Notice variant="destructive" title="The reply failed">
            {message.error?.message ?? "No reason was recorded."}
            {message.error ? (
              <code className="mt-0.5 block font-mono text-2xs">{message.error.code}</code>
            ) : null}
            {message.error?.code === "billing.budget_exhausted" ? (
              <Link
                to="/dashboard/settings/limits"
                className="focus-mark mt-1 inline-block rounded-sm underline underline-offset-2"
              >
                Look at the budgets
              </Link>
            ) : null}
          </Notice>
        ) : null}
        {message.status === "waiting" ? <Waiting message={message} /> : null}
        {message.status === "cancelled" ? (
          <p className="text-muted-foreground text-xs">Stopped before it was finished.</p>
        ) : null}
        <GuardrailLines parts={message.parts} />
        {isWriting || message.turn_id === null ? null : (
          <GroundingLine
            conversationId={conversation.id}
            turnId={message.turn_id}
            parts={message.parts}
          />
        )}
        {isWriting ? null : <MessageFacts message={message} />}
      </div>
    </li>
  );
}
