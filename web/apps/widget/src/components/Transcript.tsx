import type { ChatState } from "@medea/chat";
import { useEffect } from "react";
import type { WidgetConfig } from "../session/types.ts";
import { strings } from "../strings/index.ts";
import type { ChatVerbs, ConversationParts } from "./Chat.tsx";
import { ArrowDownIcon } from "./icons.tsx";
import { useStickToBottom } from "./useStickToBottom.ts";
import { Welcome } from "./Welcome.tsx";

interface TranscriptProps {
  title: string | null;
  config: WidgetConfig | null;
  chat: ChatState | null;
  parts: ConversationParts | null;
  verbs: ChatVerbs;
}

/** The conversation, scrolled to where the reader wants it; before the first message, the welcome. */
export function Transcript({ title, config, chat, parts, verbs }: TranscriptProps) {
  const words = strings();
  const messages = chat?.messages ?? [];
  const { scroller, content, isAtEnd, toEnd, onScroll } = useStickToBottom(messages[0]?.key);
  const questionKey = messages.findLast((message) => message.role === "user")?.key;

  // A question of one's own brings the end into view, wherever one was reading.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the event.
  useEffect(() => toEnd(), [questionKey, toEnd]);

  return (
    <div className="transcript">
      <div
        className="scroller"
        ref={scroller}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={words.conversation}
      >
        <div className="scroller-content" ref={content}>
          {parts && chat && messages.length > 0 ? (
            <parts.Messages
              chat={chat}
              title={title}
              greeting={config?.greeting ?? null}
              verbs={verbs}
            />
          ) : chat?.conversationId && chat.problem ? (
            <div className="unavailable">
              <p>{words.failed.history}</p>
              <button type="button" className="text-button" onClick={verbs.reload}>
                {words.retry}
              </button>
            </div>
          ) : (
            <Welcome
              title={title}
              config={config}
              isLoading={config === null || chat?.loading === "history"}
              onAsk={verbs.ask}
            />
          )}
        </div>
      </div>
      {isAtEnd ? null : (
        <button
          type="button"
          className="to-latest"
          onClick={() => toEnd(true)}
          aria-label={words.toLatest}
        >
          <ArrowDownIcon />
        </button>
      )}
    </div>
  );
}
