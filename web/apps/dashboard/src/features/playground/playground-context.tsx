import { ChatClient, type ChatState, ChatStore, useChat } from "@medea/chat";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { api } from "@/lib/api";
import { ReplyTimer } from "./reply-timer";

interface PlaygroundValue {
  store: ChatStore;
  timer: ReplyTimer;
  /** False when the draft could not be saved: the last saved one answered then. */
  isDraftSaved: boolean;
  send: (text: string) => Promise<void>;
  regenerate: (key: string) => Promise<void>;
}

const PlaygroundContext = createContext<PlaygroundValue | null>(null);

interface PlaygroundProviderProps {
  agentId: string;
  /** Puts what is typed in the editor where the server will read it; false if that failed. */
  beforeSend: () => Promise<boolean>;
  children: ReactNode;
}

/** Keeps one test conversation alive while its panel is opened, closed and moved. */
export function PlaygroundProvider({ agentId, beforeSend, children }: PlaygroundProviderProps) {
  const client = useQueryClient();
  const [isDraftSaved, setDraftSaved] = useState(true);
  const store = useMemo(
    () =>
      new ChatStore({
        client: new ChatClient(),
        createConversation: async () => {
          const conversation = await api.conversations.start({ agent: agentId, draft: true });
          void client.invalidateQueries({ queryKey: ["conversations"] });
          return conversation;
        },
      }),
    [agentId, client],
  );
  const timer = useMemo(() => new ReplyTimer(store), [store]);
  useEffect(() => timer.start(), [timer]);
  useEffect(() => () => store.leave(), [store]);

  const value = useMemo<PlaygroundValue>(
    () => ({
      store,
      timer,
      isDraftSaved,
      send: async (text) => {
        setDraftSaved(await beforeSend());
        store.send(text);
      },
      regenerate: async (key) => {
        setDraftSaved(await beforeSend());
        await store.regenerate(key);
      },
    }),
    [store, timer, isDraftSaved, beforeSend],
  );
  return <PlaygroundContext value={value}>{children}</PlaygroundContext>;
}

export function usePlayground(): PlaygroundValue & { chat: ChatState } {
  const value = useContext(PlaygroundContext);
  if (!value) throw new Error("usePlayground needs a PlaygroundProvider");
  return { ...value, chat: useChat(value.store) };
}
