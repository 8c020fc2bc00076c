/**
 * What a conversation needs once there is one. Its own chunk: the visitor sees the chat and can write
 * while it is on its way.
 */
import { ChatClient, ChatStore } from "@medea/chat";
import type { Visitor } from "../session/visitor.ts";

export { Announcer } from "./Announcer.tsx";
export { loadMarkdown } from "./Markdown.tsx";
export { Messages } from "./Messages.tsx";
export { Notice } from "./Notice.tsx";

/** The conversation of this visitor with this agent. */
export function createConversation(agent: string, visitor: Visitor): ChatStore {
  const client = new ChatClient({
    authorize: visitor.authorize,
    renew: visitor.renew,
    credentials: "include",
  });
  return new ChatStore({ client, createConversation: () => client.createConversation({ agent }) });
}
