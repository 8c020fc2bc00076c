import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Answer,
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

const last = (state: ChatState) => state.messages.at(-1);

afterEach(() => vi.useRealTimers());

describe("ChatStore", () => {
  it("makes the conversation with the first question and shows the answer", async () => {
    const { store, seen } = storeWith([() => stream([START, delta("1-1", "Hello"), END])]);
    expect(store.send("  Hi ")).toBe(true);
    expect(store.send("again")).toBe(false);
    const state = await settled(store);
    expect(state.messages.map((it) => [it.role, it.text, it.status])).toEqual([
      ["user", "Hi", "complete"],
      ["assistant", "Hello", "complete"],
    ]);
    expect(seen[0]).toMatchObject({
      path: "/v1/conversations/cnv_1/messages",
      body: { text: "Hi" },
    });
  });

  it("goes on after the last whole frame when the connection breaks", async () => {
    const { store, seen } = storeWith([
      () => stream([START, delta("1-1", "Hel"), "id: 1-2\ndata: {"], { cut: true }),
      () => stream([delta("1-2", "lo")], { cut: true }),
      () => stream([END]),
    ]);
    store.send("Hi");
    expect(last(await settled(store))).toMatchObject({ text: "Hello", status: "complete" });
    expect(seen.slice(1).map((it) => [it.path, it.headers["last-event-id"]])).toEqual([
      ["/v1/turns/trn_1/stream", "1-1"],
      ["/v1/turns/trn_1/stream", "1-2"],
    ]);
  });

  it("drops the partial text when the server began the answer anew", async () => {
    const restart = frame("2-0", { type: "data-restart", data: { attempt: 2 }, transient: true });
    const { store } = storeWith([
      () => stream([START, delta("1-1", "Wrong sta")], { cut: true }),
      () => stream([restart, START, delta("2-2", "Right"), END]),
    ]);
    store.send("Hi");
    expect(last(await settled(store))?.text).toBe("Right");
  });

  it("asks with the same key again when the first answer is lost, and joins the turn", async () => {
    const { store, seen } = storeWith([
      () => Promise.reject(new TypeError("Failed to fetch")),
      () => json({ turn_id: "trn_1", message_id: "msg_a", conversation_id: "cnv_1" }, 202),
      () => stream([START, delta("1-1", "Once"), END]),
    ]);
    store.send("Hi");
    expect(last(await settled(store))?.text).toBe("Once");
    expect(seen[0]?.headers["idempotency-key"]).toBe(seen[1]?.headers["idempotency-key"]);
    expect(seen[2]?.path).toBe("/v1/turns/trn_1/stream");
  });

  it("waits while the server still works on the first of two same requests", async () => {
    const { store } = storeWith([
      () => Promise.reject(new TypeError("Failed to fetch")),
      () => json({ code: "request.in_progress", detail: "In progress." }, 409),
      () => stream([START, delta("1-1", "Once"), END]),
    ]);
    store.send("Hi");
    expect(last(await settled(store))?.text).toBe("Once");
  });

  it("keeps an unreachable question as unsent and sends it on retry", async () => {
    const answers: Answer[] = [];
    const { store } = storeWith(answers, { attempts: 2 });
    store.send("Hi");
    const state = await settled(store);
    expect(state.messages).toHaveLength(1);
    expect(state.messages[0]).toMatchObject({
      status: "unsent",
      error: { code: "network.unreachable" },
    });
    answers.push(() => stream([START, delta("1-1", "There"), END]));
    await store.retry(state.messages[0]?.key ?? "");
    expect(store.getState().messages.map((it) => it.status)).toEqual(["complete", "complete"]);
  });

  it("shows a refusal in the server's words", async () => {
    const { store } = storeWith([
      () => json({ code: "limits.too_many_requests", detail: "Wait a minute." }, 429),
    ]);
    store.send("Hi");
    expect((await settled(store)).messages[0]).toMatchObject({
      status: "unsent",
      error: { code: "limits.too_many_requests", message: "Wait a minute.", retryable: true },
    });
  });

  it("stops at the server, not only here", async () => {
    const { store, seen } = storeWith([
      () => stream([START, delta("1-1", "Long")], { hold: true }),
      () => json({ id: "trn_1", status: "cancelled" }),
    ]);
    store.send("Hi");
    await until(store, (state) => last(state)?.text === "Long");
    vi.useFakeTimers();
    await store.stop();
    expect(store.getState().stopping).toBe(true);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(seen.at(-1)).toMatchObject({ method: "POST", path: "/v1/turns/trn_1/cancel" });
    expect(store.getState()).toMatchObject({ answering: null, stopping: false });
    expect(last(store.getState())).toMatchObject({ text: "Long", status: "cancelled" });
  });

  it("resumes the answer that runs in a loaded conversation", async () => {
    const wire = { turn_id: "trn_1", error: null, feedback: null, created_at: "" };
    const { store } = storeWith([
      () =>
        json({
          data: [
            { ...wire, id: "msg_a", role: "assistant", text: "", status: "streaming" },
            { ...wire, id: "msg_u", role: "user", text: "Hi", status: "complete" },
          ],
          next_cursor: "more",
        }),
      () => stream([START, delta("1-1", "Still here"), END]),
    ]);
    await store.load({ id: "cnv_1", active_turn_id: "trn_1" });
    const state = await settled(store);
    expect(state.messages.map((it) => it.text)).toEqual(["Hi", "Still here"]);
    expect(state.earlier).toBe("more");
  });

  it("brings the old reply back when writing it anew is refused", async () => {
    const { store } = storeWith([
      () => stream([START, delta("1-1", "First"), END]),
      () => json({ code: "conversations.turn_running", detail: "Busy." }, 409),
    ]);
    store.send("Hi");
    const { messages } = await settled(store);
    await store.regenerate(messages[1]?.key ?? "");
    expect(last(store.getState())).toMatchObject({ text: "First", status: "complete" });
    expect(store.getState().problem?.code).toBe("conversations.turn_running");
  });

  it("takes a rating back when the server refuses it", async () => {
    const { store } = storeWith([
      () => stream([START, delta("1-1", "Hi"), END]),
      () => json({}, 500),
    ]);
    store.send("Hi");
    const { messages } = await settled(store);
    const rated = store.rate(messages[1]?.key ?? "", "up");
    expect(last(store.getState())?.feedback).toBe("up");
    await rated;
    expect(last(store.getState())?.feedback).toBeNull();
  });
});
