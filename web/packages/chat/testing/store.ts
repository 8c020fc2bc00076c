/** A conversation whose server answers as a test says. */
import { vi } from "vitest";
import { sleep } from "../src/backoff.ts";
import { ChatClient } from "../src/client.ts";
import type { ChatState } from "../src/state.ts";
import { ChatStore } from "../src/store.ts";

export interface Seen {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}
export type Answer = (seen: Seen, signal: AbortSignal | undefined) => Response | Promise<Response>;

export const frame = (id: string, json: unknown) => `id: ${id}\ndata: ${JSON.stringify(json)}\n\n`;
export const START = frame("1-0", {
  type: "start",
  messageId: "msg_a",
  messageMetadata: { turn_id: "trn_1" },
});
export const delta = (id: string, text: string) =>
  frame(id, { type: "text-delta", id: "t", delta: text });
export const END = `${frame("1-9", { type: "finish" })}data: [DONE]\n\n`;

/** A stream of these texts; `cut` ends it the way a lost connection does. */
export function stream(parts: string[], { cut = false, hold = false } = {}): Response {
  const chunks = parts.map((part) => new TextEncoder().encode(part));
  // One chunk per pull: an error would throw away what is queued but not read.
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else if (cut) controller.error(new TypeError("network error"));
      else if (!hold) controller.close();
      else return new Promise(() => {});
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}

export const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json" },
  });

export function storeWith(answers: Answer[], { attempts = 4 } = {}) {
  const seen: Seen[] = [];
  const client = new ChatClient({
    fetch: async (input, init) => {
      const request: Seen = {
        method: init?.method ?? "GET",
        path: String(input),
        headers: (init?.headers ?? {}) as Record<string, string>,
        body: typeof init?.body === "string" ? JSON.parse(init.body) : undefined,
      };
      seen.push(request);
      const answer = answers.shift();
      if (!answer) throw new TypeError("Failed to fetch");
      return answer(request, init?.signal ?? undefined);
    },
  });
  const store = new ChatStore({
    client,
    createConversation: async () => ({ id: "cnv_1" }),
    attempts,
    wakeups: {
      isOnline: () => true,
      onOnline: () => () => {},
      sleep: (_ms, signal) => sleep(1, signal),
    },
  });
  return { store, seen };
}

export function until(store: ChatStore, holds: (state: ChatState) => boolean): Promise<ChatState> {
  return vi.waitFor(() => {
    if (!holds(store.getState())) throw new Error(JSON.stringify(store.getState()));
    return store.getState();
  }, 60_000);
}

export const settled = (store: ChatStore) => until(store, (state) => state.answering === null);
