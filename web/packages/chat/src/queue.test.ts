import { describe, expect, it } from "vitest";
import {
  delta,
  END,
  frame,
  json,
  START,
  settled,
  storeWith,
  stream,
  until,
} from "../testing/store.ts";
import type { ChatState } from "./state.ts";

describe("answers that wait for one another", () => {
  const WAITS = `${frame("1-8", { type: "finish", messageMetadata: { finish_reason: "waiting" } })}data: [DONE]\n\n`;
  const start = (messageId: string, turn_id: string) =>
    frame("2-0", { type: "start", messageId, messageMetadata: { turn_id } });
  const blank = { text: "", error: null, feedback: null, created_at: "" };
  const wire = (id: string, turn_id: string, role: string, status: string) => ({
    ...blank,
    id,
    turn_id,
    role,
    status,
  });
  /** Two questions; the answer to the first is held, the second stands behind it. */
  const page = () =>
    json({
      data: [
        wire("msg_b", "trn_2", "assistant", "queued"),
        wire("msg_v", "trn_2", "user", "complete"),
        wire("msg_a", "trn_1", "assistant", "waiting"),
        wire("msg_u", "trn_1", "user", "complete"),
      ],
      next_cursor: null,
    });
  const conversation = { id: "cnv_1", active_turn_id: "trn_1" };
  const statuses = (state: ChatState) =>
    state.messages.filter((it) => it.role === "assistant").map((it) => it.status);
  const texts = (state: ChatState) =>
    state.messages.filter((it) => it.role === "assistant").map((it) => it.text);

  it("follows the queued one after the held one has ended, and not before", async () => {
    const { store, seen } = storeWith([
      page,
      () => stream([START, WAITS]),
      () => stream([START, delta("1-1", "First"), END]),
      () => stream([start("msg_b", "trn_2"), delta("2-1", "Second"), END]),
    ]);
    await store.load(conversation);
    await settled(store);
    expect(statuses(store.getState())).toEqual(["waiting", "queued"]);
    expect(seen).toHaveLength(2);
    await store.resume("trn_1");
    const state = await settled(store);
    expect(texts(state)).toEqual(["First", "Second"]);
    expect(statuses(state)).toEqual(["complete", "complete"]);
  });

  it("lets a decision take nothing from the answer that is being written", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { store, seen } = storeWith([
      page,
      (_seen, signal) => {
        signals.push(signal);
        return stream([start("msg_b", "trn_2"), delta("2-1", "Sec")], { hold: true });
      },
      () => stream([START, delta("1-1", "First"), END]),
      () => json({ id: "trn_2", status: "cancelled" }),
      (_seen, signal) => {
        signals.push(signal);
        return stream([START, delta("1-1", "Fir")], { hold: true });
      },
    ]);
    await store.load({ ...conversation, active_turn_id: "trn_2" });
    await until(store, (state) => texts(state)[1] === "Sec");
    await store.resume("trn_1");
    expect(store.getState().answering).toBe("msg_b");
    expect(texts(store.getState())).toEqual(["First", "Sec"]);
    expect(statuses(store.getState())).toEqual(["complete", "streaming"]);
    await store.stop();
    expect(seen.at(-1)?.path).toBe("/v1/turns/trn_2/cancel");
    void store.resume("trn_1");
    await until(store, (state) => texts(state)[0] === "Fir");
    store.reset();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
    expect(store.getState()).toMatchObject({ answering: null, messages: [] });
  });
});
