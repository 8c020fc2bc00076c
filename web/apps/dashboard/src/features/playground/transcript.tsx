import { isRunning } from "@medea/chat";
import { Button, Notice } from "@medea/ui";
import { useEffect, useRef } from "react";
import { useDraft } from "@/features/agents/editor/draft-context";
import { usePlayground } from "./playground-context";
import { Question, Reply } from "./replies";

const NEAR_PX = 80;

export function Transcript() {
  const { chat, store } = usePlayground();
  const scroller = useRef<HTMLDivElement>(null);
  const isPinned = useRef(true);
  const last = chat.messages.at(-1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new text is the reason to scroll
  useEffect(() => {
    const element = scroller.current;
    if (element && isPinned.current) element.scrollTop = element.scrollHeight;
  }, [last?.text, chat.messages.length]);

  const replies = chat.messages.filter((message) => message.role === "assistant");
  const finished = replies.at(-1);
  return (
    <section
      ref={scroller}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        isPinned.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label="Test conversation"
      className="focus-mark min-h-0 flex-1 overflow-y-auto px-4 py-4 -outline-offset-2"
    >
      {chat.messages.length === 0 ? (
        <Opening />
      ) : (
        <ol className="grid gap-5">
          {chat.messages.map((message, index) => (
            <li key={message.key} className="min-w-0">
              {message.role === "user" ? (
                <Question message={message} onRetry={() => void store.retry(message.key)} />
              ) : (
                <Reply message={message} isLast={index === chat.messages.length - 1} />
              )}
            </li>
          ))}
        </ol>
      )}
      {chat.connection === "online" ? null : (
        <Notice variant="warning" className="mt-4">
          {chat.connection === "offline" ? "You are offline." : "Connection lost, trying again…"}
        </Notice>
      )}
      {chat.problem ? (
        <Notice variant="destructive" role="alert" className="mt-4">
          {chat.problem.message}
        </Notice>
      ) : null}
      <p aria-live="polite" className="sr-only">
        {chat.answering ? "The agent is writing" : ""}
        {finished && !isRunning(finished) ? `Answer: ${finished.text}` : ""}
      </p>
    </section>
  );
}

/** The empty conversation as a visitor would see it: greeting and suggested questions. */
function Opening() {
  const { agent } = useDraft();
  const { send } = usePlayground();
  const questions = agent.suggested_questions.filter((question) => question.trim() !== "");
  return (
    <div className="grid min-h-full content-end gap-4">
      {agent.greeting.trim() ? (
        <p className="max-w-[90%] justify-self-start whitespace-pre-wrap rounded-2xl rounded-bl-md bg-muted px-3.5 py-2.5 text-sm">
          {agent.greeting}
        </p>
      ) : (
        <p className="py-8 text-center text-muted-foreground text-sm">
          Ask the draft something a visitor would ask.
        </p>
      )}
      {questions.length > 0 ? (
        <ul aria-label="Suggested questions" className="flex flex-wrap justify-end gap-2">
          {questions.map((question) => (
            <li key={question}>
              <Button
                variant="outline"
                size="sm"
                className="h-auto min-h-8 whitespace-normal rounded-full py-1 text-left"
                onClick={() => void send(question)}
              >
                {question}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
