import { type ChatMessage, isRunning } from "@medea/chat";
import { memo } from "react";
import { Avatar } from "../components/Avatar.tsx";
import type { ChatVerbs } from "../components/Chat.tsx";
import { AlertIcon } from "../components/icons.tsx";
import { strings } from "../strings/index.ts";
import { explainMessage } from "./failures.ts";
import { lazily } from "./lazy.ts";
import { Markdown } from "./Markdown.tsx";
import { MessageActions } from "./MessageActions.tsx";

/** Sources and tools: most chats have none, so nobody loads it before there is one. */
const extras = lazily(() => import("../extras/index.ts"));

interface MessageProps {
  message: ChatMessage;
  title: string | null;
  isLast: boolean;
  canRegenerate: boolean;
  verbs: ChatVerbs;
}

function Typing({ isQueued }: { isQueued: boolean }) {
  return (
    <span className="typing">
      <span aria-hidden="true" className="typing-dots">
        <i />
        <i />
        <i />
      </span>
      {isQueued ? <span className="typing-note">{strings().queued}</span> : null}
    </span>
  );
}

interface FailureProps {
  message: ChatMessage;
  /** Only the last reply can be written again; an older failure is history. */
  canRetry: boolean;
  verbs: ChatVerbs;
}

function Failure({ message, canRetry, verbs }: FailureProps) {
  return (
    <div className="failure" role="alert">
      <AlertIcon />
      <p>{explainMessage(message)}</p>
      {canRetry ? (
        <button type="button" className="text-button" onClick={() => verbs.retry(message.key)}>
          {strings().retry}
        </button>
      ) : null}
    </div>
  );
}

function UserMessage({ message, verbs }: { message: ChatMessage; verbs: ChatVerbs }) {
  return (
    <li className={`message message-user${message.status === "sending" ? " is-sending" : ""}`}>
      <span className="visually-hidden">{strings().you}: </span>
      <div className="bubble" dir="auto">
        {message.text}
      </div>
      {message.status === "unsent" ? <Failure message={message} canRetry verbs={verbs} /> : null}
    </li>
  );
}

function AssistantMessage({ message, title, isLast, canRegenerate, verbs }: MessageProps) {
  const words = strings();
  const more = extras.use(message.parts.length > 0);
  const isWriting = isRunning(message);
  const isFinished = message.status === "complete" || message.status === "cancelled";
  return (
    <li className="message message-assistant" aria-busy={isWriting}>
      <Avatar title={title} size="small" />
      <div className="message-body">
        <span className="visually-hidden">{title ?? words.assistant}: </span>
        {more ? <more.Tools message={message} /> : null}
        {message.text ? (
          <Markdown
            text={message.text}
            isStreaming={isWriting}
            cite={more?.citer(message.key, message.parts)}
          />
        ) : isWriting ? (
          <Typing isQueued={message.status === "queued" && message.turnId !== null} />
        ) : null}
        {more && !isWriting ? <more.Below message={message} verbs={verbs} /> : null}
        {message.status === "cancelled" ? <p className="aside">{words.stopped}</p> : null}
        {message.status === "failed" ? (
          <Failure message={message} canRetry={canRegenerate} verbs={verbs} />
        ) : null}
        {isFinished && message.id ? (
          <MessageActions
            message={message}
            isLast={isLast}
            canRegenerate={canRegenerate}
            verbs={verbs}
          />
        ) : null}
      </div>
    </li>
  );
}

/** One message. While an answer streams only that one is drawn again. */
export const Message = memo(function Message(props: MessageProps) {
  return props.message.role === "user" ? (
    <UserMessage message={props.message} verbs={props.verbs} />
  ) : (
    <AssistantMessage {...props} />
  );
});

/** The agent's greeting, standing above the conversation as its first words. */
export function Greeting({ text, title }: { text: string; title: string | null }) {
  return (
    <li className="message message-assistant">
      <Avatar title={title} size="small" />
      <div className="message-body">
        <span className="visually-hidden">{title ?? strings().assistant}: </span>
        <Markdown text={text} isStreaming={false} />
      </div>
    </li>
  );
}
