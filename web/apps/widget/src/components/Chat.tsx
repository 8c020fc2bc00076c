import type { ChatState, ChatStore, Rating } from "@medea/chat";
import type { WidgetConfig } from "../session/types.ts";
import { Composer } from "./Composer.tsx";
import { Header } from "./Header.tsx";
import { Transcript } from "./Transcript.tsx";

/** The chunk that comes after the first paint. */
export type ConversationParts = typeof import("../conversation/index.ts");

export interface ChatVerbs {
  send(text: string): boolean;
  /** Send what a suggestion says. */
  ask(text: string): void;
  stop(): void;
  retry(key: string): void;
  regenerate(key: string): void;
  rate(key: string, rating: Rating): void;
  loadEarlier(): void;
  startOver(): void;
  dismissProblem(): void;
  /** Load the conversation again after that failed. */
  reload(): void;
  /** Back to the writing field, from something that is about to go. */
  focusField(): void;
  close?: () => void;
  /** The conversation itself, for what is too rare to have a verb. */
  store(): ChatStore | null;
}

export interface ChatProps {
  /** What the assistant is called; null until the session says. */
  title: string | null;
  config: WidgetConfig | null;
  /** Null until the conversation's chunk has arrived, like `parts`. */
  chat: ChatState | null;
  parts: ConversationParts | null;
  verbs: ChatVerbs;
  focus: number;
}

/** The whole chat: what it shows is in its props, what is done is in its verbs. */
export function Chat({ title, config, chat, parts, verbs, focus }: ChatProps) {
  const isAnswering = chat !== null && chat.answering !== null;
  return (
    <main className="chat">
      <Header
        title={title}
        subtitle={config?.subtitle ?? null}
        canStartOver={chat !== null && chat.messages.length > 0 && !isAnswering}
        onStartOver={verbs.startOver}
        onClose={verbs.close}
      />
      {parts && chat ? <parts.Notice chat={chat} onDismiss={verbs.dismissProblem} /> : null}
      <Transcript title={title} config={config} chat={chat} parts={parts} verbs={verbs} />
      <Composer
        isAnswering={isAnswering}
        isStopping={chat?.stopping ?? false}
        focus={focus}
        onSend={verbs.send}
        onStop={verbs.stop}
        showBranding={config?.appearance.show_branding ?? false}
      />
      {parts && chat ? <parts.Announcer chat={chat} title={title} /> : null}
    </main>
  );
}
