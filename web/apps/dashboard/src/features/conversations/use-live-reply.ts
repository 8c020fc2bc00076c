import { applyFrame, ChatClient, type ChatMessage, followTurn } from "@medea/chat";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { conversationQuery } from "./queries";

const client = new ChatClient();

export interface LiveReply {
  message: ChatMessage;
  isConnected: boolean;
}

const begin = (turnId: string): ChatMessage => ({
  key: turnId,
  id: null,
  role: "assistant",
  text: "",
  status: "queued",
  turnId,
  error: null,
  feedback: null,
  createdAt: "",
  parts: [],
});

/**
 * Join a running turn's stream and give the reply as it grows; null before the first turn.
 *
 * At most one render per animation frame. When the turn ends, or its stream cannot be had, the
 * conversation is read again, which also finds the next turn if one waits.
 */
export function useLiveReply(conversationId: string, turnId: string | null): LiveReply | null {
  const queries = useQueryClient();
  const [live, setLive] = useState<LiveReply | null>(null);

  useEffect(() => {
    if (turnId === null) return;
    const leaving = new AbortController();
    let message = begin(turnId);
    let isConnected = true;
    let frame = 0;
    const show = () => {
      frame = 0;
      setLive({ message, isConnected });
    };
    const soon = () => {
      frame ||= requestAnimationFrame(show);
    };
    const listener = {
      onFrame: (next: Parameters<typeof applyFrame>[1]) => {
        message = applyFrame(message, next);
        soon();
      },
      onAccepted: () => {},
      onConnection: (state: "open" | "lost") => {
        isConnected = state === "open";
        soon();
      },
    };
    setLive({ message, isConnected });
    followTurn(client, { turnId }, listener, { signal: leaving.signal })
      .catch(() => {})
      .finally(async () => {
        if (leaving.signal.aborted) return;
        // Everything below the conversation's key: itself, its messages, its events.
        await queries.invalidateQueries({ queryKey: conversationQuery(conversationId).queryKey });
      });
    return () => {
      // The last state stays: it bridges the moment until the stored reply has been read.
      leaving.abort();
      cancelAnimationFrame(frame);
    };
  }, [conversationId, turnId, queries]);

  return live;
}
