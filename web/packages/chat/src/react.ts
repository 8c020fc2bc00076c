import { useEffect, useSyncExternalStore } from "react";
import type { ChatState } from "./state.ts";
import type { ChatStore } from "./store.ts";

/** The state of a conversation, current at every render; follows the network while mounted. */
export function useChat(store: ChatStore): ChatState {
  useEffect(() => store.watchNetwork(), [store]);
  return useSyncExternalStore(store.subscribe, store.getState, store.getState);
}
