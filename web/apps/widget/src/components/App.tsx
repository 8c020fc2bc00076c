import type { ChatState } from "@medea/chat";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { WidgetController } from "../controller.ts";
import { strings } from "../strings/index.ts";
import { Chat, type ChatVerbs } from "./Chat.tsx";
import { Unavailable } from "./Unavailable.tsx";

interface AppProps {
  controller: WidgetController;
  canClose: boolean;
}

/** The question that waits for the session is shown as if it were on its way, which it is. */
function withPending(chat: ChatState, pending: string): ChatState {
  const question: ChatState["messages"][number] = {
    key: "pending",
    id: null,
    role: "user",
    text: pending,
    status: "sending",
    turnId: null,
    error: null,
    feedback: null,
    createdAt: "",
    parts: [],
  };
  const reply = { ...question, key: "pending-reply", role: "assistant", text: "" } as const;
  return { ...chat, messages: [...chat.messages, question, reply], answering: reply.key };
}

function makeVerbs(controller: WidgetController, canClose: boolean): ChatVerbs {
  const store = () => controller.store;
  return {
    store,
    send: controller.send,
    stop: () => {
      void store()?.stop();
      controller.focusField();
    },
    ask: (text) => {
      controller.send(text);
      controller.focusField();
    },
    retry: (key) => {
      void store()?.retry(key);
      controller.focusField();
    },
    regenerate: (key) => {
      void store()?.regenerate(key);
      controller.focusField();
    },
    rate: (key, rating) => void store()?.rate(key, rating),
    loadEarlier: () => void store()?.loadEarlier(),
    startOver: controller.startOver,
    reload: controller.reload,
    focusField: controller.focusField,
    dismissProblem: () => store()?.dismissProblem(),
    ...(canClose ? { close: controller.close } : {}),
  };
}

/** The chat of a visitor, in a frame or as a page. */
export function App({ controller, canClose }: AppProps) {
  const { subscribe, getState } = controller;
  const state = useSyncExternalStore(subscribe, getState, getState);
  const { session, pending, chat } = state;
  const verbs = useMemo(() => makeVerbs(controller, canClose), [controller, canClose]);

  useEffect(() => {
    if (!canClose) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.isComposing) controller.close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [controller, canClose]);

  const title = session ? (session.config.title ?? session.agent.name) : null;
  useEffect(() => {
    document.title = title ?? strings().chat;
  }, [title]);

  if (state.phase === "unavailable") {
    return <Unavailable error={state.error} onRetry={controller.start} onClose={verbs.close} />;
  }
  return (
    <Chat
      title={title}
      config={session?.config ?? null}
      chat={chat && pending !== null ? withPending(chat, pending) : chat}
      parts={state.parts}
      verbs={verbs}
      focus={state.focus}
    />
  );
}
