import { describe, expect, it } from "vitest";
import { ChatClient } from "./client.ts";
import type { Frame } from "./frames.ts";
import { followTurn } from "./turn.ts";

const frame = (id: string, json: unknown) => `id: ${id}\ndata: ${JSON.stringify(json)}\n\n`;
const delta = (id: string, text: string) =>
  frame(id, { type: "text-delta", id: "t1", delta: text });
const FAREWELL = 'retry: 100\ndata: {"type":"data-reconnect","data":{},"transient":true}\n\n';
const END = `${frame("1-9", { type: "finish" })}data: [DONE]\n\n`;

/** Follow a turn through connections with these bodies; null is a server that is not there. */
async function follow(bodies: (string | null)[], attempts = 4) {
  const asked: (string | undefined)[] = [];
  const waits: number[] = [];
  const states: string[] = [];
  const frames: Frame[] = [];
  const client = new ChatClient({
    fetch: async (_input, init) => {
      asked.push(new Headers(init?.headers).get("last-event-id") ?? undefined);
      const body = bodies.shift();
      if (body === null || body === undefined) throw new TypeError("Failed to fetch");
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  const listener = {
    onFrame: (it: Frame) => frames.push(it),
    onAccepted: () => {},
    onConnection: (state: string) => states.push(state),
  };
  const wakeups = {
    isOnline: () => true,
    onOnline: () => () => {},
    sleep: async (ms: number) => {
      waits.push(ms);
    },
  };
  const { signal } = new AbortController();
  const ended = await followTurn(client, { turnId: "trn_1" }, listener, {
    signal,
    wakeups,
    attempts,
  }).then(
    () => true,
    () => false,
  );
  const text = frames.map((it) => (it.type === "text-delta" ? it.delta : "")).join("");
  return { ended, text, asked, waits, states, types: frames.map((it) => it.type) };
}

describe("a server that says farewell", () => {
  it("is left for another at once, after the last frame, and nobody is told of a loss", async () => {
    const seen = await follow([delta("1-1", "Hel") + FAREWELL, delta("1-2", "lo") + END]);
    expect(seen).toMatchObject({ ended: true, text: "Hello", asked: [undefined, "1-1"] });
    expect(seen.states).not.toContain("lost");
    expect(seen.types).not.toContain("data-reconnect");
    expect(seen.waits[0]).toBeLessThan(200);
  });

  it("is waited for with patience where there is no other", async () => {
    const seen = await follow(
      [delta("1-1", "Hel") + FAREWELL, null, null, delta("1-2", "lo") + END],
      9,
    );
    expect(seen).toMatchObject({ ended: true, text: "Hello" });
    expect(seen.states).toContain("lost");
    expect(seen.waits[2]).toBeGreaterThan(seen.waits[1] ?? Number.NaN);
    expect(seen.waits[1]).toBeGreaterThanOrEqual(500);
  });

  it("is given up when it has nothing else to say", async () => {
    const seen = await follow(Array<string>(20).fill(FAREWELL));
    expect(seen.ended).toBe(false);
    expect(seen.asked).toHaveLength(4);
  });
});
