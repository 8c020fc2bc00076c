import type { ChatState } from "@medea/chat";
import type { ChatVerbs } from "../components/Chat.tsx";
import { strings } from "../strings/index.ts";
import { Greeting, Message } from "./Message.tsx";

export interface MessagesProps {
  chat: ChatState;
  title: string | null;
  greeting: string | null;
  verbs: ChatVerbs;
}

function Earlier({ isLoading, onLoad }: { isLoading: boolean; onLoad: () => void }) {
  const words = strings();
  return (
    <div className="earlier">
      <button type="button" className="text-button" onClick={onLoad} disabled={isLoading}>
        {isLoading ? words.loadingEarlier : words.earlier}
      </button>
    </div>
  );
}

/** Messages, oldest first, begun by the greeting where nothing older is left out. */
export function Messages({ chat, title, greeting, verbs }: MessagesProps) {
  const { messages, earlier, loading, answering } = chat;
  const last = messages.at(-1);
  const lastReply = messages.findLast((message) => message.role === "assistant");
  return (
    <>
      {earlier ? <Earlier isLoading={loading === "earlier"} onLoad={verbs.loadEarlier} /> : null}
      <ol className="messages">
        {!earlier && greeting ? <Greeting text={greeting} title={title} /> : null}
        {messages.map((message) => (
          <Message
            key={message.key}
            message={message}
            title={title}
            isLast={message === last}
            canRegenerate={message === lastReply && answering === null}
            verbs={verbs}
          />
        ))}
      </ol>
    </>
  );
}
