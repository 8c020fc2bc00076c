import { type ChatMessage, type ChatState, emptyChat } from "@medea/chat";
import { describe, expect, it } from "vitest";
import { ReplyTimer } from "./reply-timer";

const reply = (values: Partial<ChatMessage>): ChatMessage => ({
  key: "r",
  id: null,
  role: "assistant",
  text: "",
  status: "sending",
  turnId: null,
  error: null,
  feedback: null,
  createdAt: "2026-11-20T10:00:00Z",
  parts: [],
  ...values,
});

function setUp() {
  let now = 0;
  let state: ChatState = emptyChat;
  let tell = () => {};
  const timer = new ReplyTimer(
    {
      getState: () => state,
      subscribe: (listener) => {
        tell = listener;
        return () => {};
      },
    },
    () => now,
  );
  timer.start();
  const show = (at: number, message: ChatMessage) => {
    now = at;
    state = { ...emptyChat, messages: [message] };
    tell();
  };
  return { timer, show };
}

describe("ReplyTimer", () => {
  it("measures to the first text and to the end", () => {
    const { timer, show } = setUp();
    show(100, reply({}));
    show(150, reply({ status: "streaming" }));
    show(400, reply({ status: "streaming", text: "He" }));
    show(500, reply({ status: "streaming", text: "Hello" }));
    show(900, reply({ status: "complete", text: "Hello" }));
    expect(timer.get("r")).toEqual({ askedAt: 100, firstTextAt: 400, endedAt: 900 });
  });

  it("begins anew when the reply is written again", () => {
    const { timer, show } = setUp();
    show(0, reply({}));
    show(50, reply({ status: "complete", text: "One" }));
    show(1000, reply({ status: "queued" }));
    expect(timer.get("r")).toEqual({ askedAt: 1000, firstTextAt: null, endedAt: null });
  });

  it("knows no first text of a reply that failed before it", () => {
    const { timer, show } = setUp();
    show(0, reply({}));
    show(70, reply({ status: "failed" }));
    expect(timer.get("r")).toEqual({ askedAt: 0, firstTextAt: null, endedAt: 70 });
  });
});
