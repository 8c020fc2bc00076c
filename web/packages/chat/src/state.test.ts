import { describe, expect, it } from "vitest";
import type { Frame } from "./frames.ts";
import { parseFrame } from "./frames.ts";
import { applyFrame, type ChatMessage, chatReducer, emptyChat, newMessage } from "./state.ts";

const reply = (): ChatMessage => newMessage("assistant", "");
const fold = (frames: Frame[], message = reply()) => frames.reduce(applyFrame, message);

const HEAD: Frame[] = [
  { type: "start", messageId: "msg_1", messageMetadata: { turn_id: "trn_1" } },
  { type: "other", name: "start-step" },
  { type: "text-start", id: "t" },
];
const TAIL: Frame[] = [{ type: "text-end", id: "t" }, { type: "finish" }];
const delta = (text: string): Frame => ({ type: "text-delta", id: "t", delta: text });

describe("applyFrame", () => {
  it("gathers the text and takes over the server's ids", () => {
    const message = fold([...HEAD, delta("Hel"), delta("lo"), ...TAIL]);
    expect(message).toMatchObject({
      id: "msg_1",
      turnId: "trn_1",
      text: "Hello",
      status: "complete",
    });
  });

  it("drops the partial text when the turn is restarted, at whatever point that happens", () => {
    const whole = [...HEAD, delta("Hello "), delta("world"), ...TAIL];
    for (let cut = 0; cut <= whole.length; cut++) {
      const restart: Frame = { type: "data-restart", data: { attempt: 2 } };
      const message = fold([...whole.slice(0, cut), restart, ...whole]);
      expect(message).toMatchObject({ text: "Hello world", status: "complete", error: null });
    }
  });

  it("adds nothing between pieces of text: the reply is all deltas, one after another", () => {
    const again: Frame = { type: "text-start", id: "u" };
    expect(fold([...HEAD, delta("a"), again, delta("\n\nb")]).text).toBe("a\n\nb");
  });

  it("keeps what had arrived when the turn fails or is stopped", () => {
    const error = { code: "llm.timeout", message: "Too slow.", retryable: true };
    const failed = fold([
      ...HEAD,
      delta("Part"),
      { type: "data-error", data: error },
      { type: "error", errorText: "Too slow." },
    ]);
    expect(failed).toMatchObject({ text: "Part", status: "failed", error });
    expect(fold([...HEAD, delta("Part"), { type: "abort" }, { type: "finish" }])).toMatchObject({
      text: "Part",
      status: "cancelled",
    });
  });

  it("waits for the visitor where the stream ends before the turn does", () => {
    const finish: Frame = { type: "finish", messageMetadata: { finish_reason: "waiting" } };
    expect(fold([...HEAD, delta("May I?"), finish]).status).toBe("waiting");
  });

  it("shows waiting behind another turn", () => {
    expect(fold([{ type: "data-status", data: { status: "queued" } }]).status).toBe("queued");
  });
});

describe("parseFrame", () => {
  it("lets unknown types pass and refuses what is no frame", () => {
    expect(parseFrame('{"type":"reasoning-delta","delta":"hm"}')).toEqual({
      type: "other",
      name: "reasoning-delta",
    });
    for (const broken of ["", "null", "[]", "{", '"text"', '{"type":7}']) {
      expect(parseFrame(broken)).toBeNull();
    }
  });

  it("survives fields of the wrong type", () => {
    expect(parseFrame('{"type":"text-delta","delta":5}')).toEqual({
      type: "text-delta",
      id: "",
      delta: "",
    });
    expect(parseFrame('{"type":"data-error","data":null}')).toMatchObject({
      data: { code: "turn.failed" },
    });
  });
});

describe("chatReducer", () => {
  it("puts older pages before and never twice", () => {
    const wire = (id: string) => ({
      id,
      role: "user" as const,
      text: id,
      status: "complete" as const,
      turn_id: null,
      error: null,
      model: null,
      usage: null,
      cost_usd: null,
      feedback: null,
      created_at: "2026-01-01T00:00:00Z",
    });
    let state = chatReducer(emptyChat, {
      type: "loaded",
      page: [wire("d"), wire("c")],
      earlier: "x",
    });
    state = chatReducer(state, {
      type: "loaded-earlier",
      page: [wire("c"), wire("b"), wire("a")],
      earlier: null,
    });
    expect(state.messages.map((message) => message.id)).toEqual(["a", "b", "c", "d"]);
  });

  it("marks the question as kept once the turn is accepted", () => {
    const [question, answer] = [newMessage("user", "Hi"), reply()];
    let state = chatReducer(emptyChat, { type: "asked", question, reply: answer });
    state = chatReducer(state, { type: "accepted", key: answer.key, turnId: "trn_9" });
    expect(state.messages.map((message) => message.status)).toEqual(["complete", "queued"]);
  });
});
