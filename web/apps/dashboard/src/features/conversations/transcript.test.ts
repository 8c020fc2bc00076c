import type { Message } from "@medea/api";
import type { ChatMessage } from "@medea/chat";
import { describe, expect, it } from "vitest";
import { totalsOf } from "./conversation-facts";
import { readFilters } from "./filters";
import { withLive } from "./transcript";

const message = (change: Partial<Message>): Message => ({
  id: "msg_1",
  role: "assistant",
  text: "",
  status: "complete",
  turn_id: "trn_1",
  error: null,
  model: null,
  usage: null,
  cost_usd: null,
  feedback: null,
  feedback_comment: null,
  parts: [],
  created_at: "2026-11-21T00:00:00Z",
  ...change,
});

const live = (change: Partial<ChatMessage>) => ({
  isConnected: true,
  message: {
    key: "trn_1",
    id: "msg_1",
    role: "assistant" as const,
    text: "Hel",
    status: "streaming" as const,
    turnId: "trn_1",
    error: null,
    feedback: null,
    createdAt: "",
    parts: [],
    ...change,
  },
});

describe("withLive", () => {
  it("puts the growing text into the stored reply", () => {
    const stored = [message({ status: "streaming" })];
    expect(withLive(stored, live({}))[0]).toMatchObject({ text: "Hel", status: "streaming" });
  });

  it("adds the reply where the list does not have it yet", () => {
    const shown = withLive([message({ id: "msg_0", role: "user" })], live({}));
    expect(shown.map(({ role, text }) => [role, text])).toEqual([
      ["user", ""],
      ["assistant", "Hel"],
    ]);
  });

  it("leaves a finished reply to the server's own text", () => {
    const stored = [message({ text: "Hello, whole." })];
    expect(withLive(stored, live({}))).toBe(stored);
  });

  it("adds nothing once the stream has ended", () => {
    expect(withLive([], live({ status: "complete" }))).toEqual([]);
    expect(withLive([], null)).toEqual([]);
  });
});

describe("totalsOf", () => {
  it("sums tokens, and cost only where one is known", () => {
    const usage = { input_tokens: 10, output_tokens: 5 };
    expect(totalsOf([message({ usage }), message({})])).toEqual({ tokens: 15, cost: null });
    expect(totalsOf([message({ usage, cost_usd: 0 }), message({ cost_usd: 0.5 })])).toEqual({
      tokens: 15,
      cost: 0.5,
    });
  });
});

describe("readFilters", () => {
  it("keeps what it knows of the address bar", () => {
    expect(readFilters({ agent: "support", channel: "widget", q: "tea", x: 1 })).toEqual({
      agent: "support",
      channel: "widget",
      q: "tea",
    });
    expect(readFilters({ agent: "", channel: "fax", q: ["a"] })).toEqual({});
    expect(readFilters({ q: 42 })).toEqual({ q: "42" });
  });
});
