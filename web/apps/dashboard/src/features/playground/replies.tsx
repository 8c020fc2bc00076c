import { type ChatMessage, isRunning } from "@medea/chat";
import { Button, CopyButton, Spinner } from "@medea/ui";
import { CircleAlert, RefreshCw } from "lucide-react";
import { ToolAsk, ToolCalls } from "@/components/tool-calls";
import { CitedText, GroundingLine } from "@/features/knowledge";
import { usePlayground } from "./playground-context";
import { ReplyFacts } from "./reply-facts";

export function Question({ message, onRetry }: { message: ChatMessage; onRetry: () => void }) {
  return (
    <div className="grid justify-items-end gap-1">
      <p className="max-w-[85%] whitespace-pre-wrap break-words rounded-2xl rounded-br-md bg-primary px-3.5 py-2 text-primary-foreground text-sm">
        {message.text}
      </p>
      {message.status === "unsent" ? (
        <div role="alert" className="flex items-center gap-2 text-destructive text-xs">
          <span>Not sent. {message.error?.message}</span>
          <Button variant="outline" size="xs" onClick={onRetry}>
            Send again
          </Button>
        </div>
      ) : null}
    </div>
  );
}

export function Reply({ message, isLast }: { message: ChatMessage; isLast: boolean }) {
  const { chat, store, regenerate } = usePlayground();
  const isWriting = isRunning(message);
  return (
    <div className="grid min-w-0 grid-cols-1 gap-2" aria-busy={isWriting}>
      <ToolCalls parts={message.parts} />
      {message.text ? (
        <CitedText text={message.text} parts={message.parts} marksUnsupported className="text-sm" />
      ) : isWriting ? (
        <p className="flex items-center gap-2 text-muted-foreground text-sm">
          <Spinner label="" className="size-3.5" />
          {message.status === "queued" ? "Waiting for its turn…" : "Thinking…"}
        </p>
      ) : null}
      <ToolAsk message={message} store={store} />
      {message.status === "cancelled" ? (
        <p className="text-muted-foreground text-xs">Stopped.</p>
      ) : null}
      {message.status === "failed" ? (
        <div
          role="alert"
          className="flex items-start gap-2 rounded-lg bg-destructive-muted px-3 py-2 text-sm"
        >
          <CircleAlert className="mt-0.5 size-4 shrink-0 text-destructive" aria-hidden="true" />
          <div className="min-w-0 flex-1">
            <p>{message.error?.message ?? "The model did not answer."}</p>
            {message.error?.code ? (
              <p className="font-mono text-2xs text-muted-foreground">{message.error.code}</p>
            ) : null}
          </div>
          <Button variant="outline" size="xs" onClick={() => void store.retry(message.key)}>
            Try again
          </Button>
        </div>
      ) : null}
      {isWriting || !chat.conversationId || !message.turnId ? null : (
        <GroundingLine
          conversationId={chat.conversationId}
          turnId={message.turnId}
          parts={message.parts}
        />
      )}
      {isWriting ? null : (
        <div className="-ml-1.5 flex flex-wrap items-center gap-x-1">
          {message.text ? <CopyButton value={message.text} label="Copy the answer" /> : null}
          {isLast && message.turnId && chat.answering === null ? (
            <Button
              variant="ghost"
              size="icon-xs"
              aria-label="Write the answer again"
              onClick={() => void regenerate(message.key)}
            >
              <RefreshCw className="size-3.5" />
            </Button>
          ) : null}
          <ReplyFacts message={message} />
        </div>
      )}
    </div>
  );
}
