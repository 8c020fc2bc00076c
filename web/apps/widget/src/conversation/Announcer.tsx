import { type ChatState, isRunning } from "@medea/chat";
import { useEffect, useRef, useState } from "react";
import { strings } from "../strings/index.ts";

interface AnnouncerProps {
  chat: ChatState;
  title: string | null;
}

/** Longer answers are announced by their beginning; the whole is in the transcript. */
const SPOKEN = 400;

/** Then it is taken away, or people who read by cursor would find every answer twice. */
const SPEAKING_MS = 3_000;

/** Without the signs of Markdown, which a voice would read out one by one. */
const spoken = (text: string): string => text.replace(/[*_`#>|~]/g, "").slice(0, SPOKEN);

/**
 * The one place that speaks to screen readers: that an answer is being written, and then the answer.
 * The transcript itself is silent, or every token would be read out.
 */
export function Announcer({ chat, title }: AnnouncerProps) {
  const words = strings();
  // Only answers written before the visitor's eyes are announced, not those of an earlier visit.
  const witnessed = useRef<string | null>(null);
  if (chat.answering !== null) witnessed.current = chat.answering;
  const last = chat.messages.at(-1);
  let text = "";
  if (last?.role === "assistant" && last.key === witnessed.current) {
    if (isRunning(last)) text = words.typing;
    else if (last.feedback) text = words.thanks;
    else if (last.status === "complete" || last.status === "waiting") {
      text = `${title ?? words.assistant}: ${spoken(last.text)}`;
      if (last.status === "waiting") text += ` ${words.waiting}`;
    }
  }
  const [spent, setSpent] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSpent(text), SPEAKING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {text === spent ? "" : text}
    </div>
  );
}
