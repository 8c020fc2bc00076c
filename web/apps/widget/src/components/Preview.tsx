import { type ChatMessage, type ChatState, emptyChat } from "@medea/chat";
import { useEffect, useState } from "react";
import * as parts from "../conversation/index.ts";
import type { WidgetConfig } from "../session/types.ts";
import { applyTheme } from "../theme.ts";
import { Chat, type ChatVerbs } from "./Chat.tsx";

/** What the dashboard sends whenever the draft changes. */
interface PreviewMessage {
  type: "medea:preview";
  agent: { name: string; slug: string };
  config: WidgetConfig;
}

const SAMPLE_ANSWER =
  "Here is how an answer looks:\n\n" +
  "- **Lists** and *emphasis*\n- `code`, tables and [links](https://example.com)\n\n" +
  "Visitors can copy it, rate it or have it written again.";

const sample = (role: ChatMessage["role"], text: string): ChatMessage => ({
  key: role,
  id: role,
  role,
  text,
  status: "complete",
  turnId: "sample",
  error: null,
  feedback: null,
  createdAt: "",
  parts: [],
});

/** A conversation that shows the look, begun with the first suggested question. */
function sampleChat(question: string): ChatState {
  return { ...emptyChat, messages: [sample("user", question), sample("assistant", SAMPLE_ANSWER)] };
}

/** The chat as the dashboard's editor shows it: the real parts, no session, nothing sent anywhere. */
export function Preview({ hostOrigin }: { hostOrigin: string }) {
  const [draft, setDraft] = useState<PreviewMessage | null>(null);
  const [question, setQuestion] = useState<string | null>(null);

  useEffect(() => {
    const onMessage = (event: MessageEvent<PreviewMessage>) => {
      if (event.source !== parent || event.origin !== hostOrigin) return;
      if (event.data?.type !== "medea:preview") return;
      applyTheme(event.data.config.appearance);
      setDraft(event.data);
    };
    addEventListener("message", onMessage);
    parent.postMessage({ type: "medea:preview-ready" }, hostOrigin);
    return () => removeEventListener("message", onMessage);
  }, [hostOrigin]);

  const nothing = () => {};
  const verbs: ChatVerbs = {
    send: (text) => {
      setQuestion(text);
      return true;
    },
    ask: setQuestion,
    startOver: () => setQuestion(null),
    stop: nothing,
    retry: nothing,
    regenerate: nothing,
    rate: nothing,
    loadEarlier: nothing,
    dismissProblem: nothing,
    reload: nothing,
    focusField: nothing,
    close: nothing,
    store: () => null,
  };
  return (
    <Chat
      title={draft ? (draft.config.title ?? draft.agent.name) : null}
      config={draft?.config ?? null}
      chat={question === null ? emptyChat : sampleChat(question)}
      parts={parts}
      verbs={verbs}
      focus={0}
    />
  );
}
