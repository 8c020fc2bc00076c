import { describe, expect, it } from "vitest";
import { readEvent } from "./event-sentence";

const read = (name: string, data: Record<string, unknown>) => readEvent({ name, data });

describe("readEvent", () => {
  it("says where a conversation began and what it brought", () => {
    expect(read("ConversationStarted", { channel: "widget" }).sentence).toBe(
      "The conversation began on a website.",
    );
    expect(read("ConversationStarted", { channel: "openai", history: [{}, {}] }).sentence).toBe(
      "The conversation began through the OpenAI API, bringing 2 earlier messages.",
    );
    expect(read("ConversationStarted", { channel: "playground", is_draft: true }).sentence).toBe(
      "The conversation began in the playground, with the unpublished draft.",
    );
  });

  it("cuts long messages and joins their lines", () => {
    const { sentence } = read("PromptReceived", { text: `a\n\nb ${"x".repeat(200)}` });
    expect(sentence.startsWith("A message came in: “a b xxx")).toBe(true);
    expect(sentence.length).toBeLessThan(125);
  });

  it("tells a second attempt from the first", () => {
    const first = read("TurnStarted", { attempt: 1, agent_version: 3, model: "m" });
    const second = read("TurnStarted", { attempt: 2, agent_version: null });
    expect(first).toEqual({
      sentence: "A worker began the reply with version 3 on m.",
      tone: "plain",
    });
    expect(second.tone).toBe("warn");
    expect(second.sentence).toContain("attempt 2");
  });

  it("names what a reply took", () => {
    const { sentence } = read("ReplyCompleted", {
      model: "m",
      usage: { input_tokens: 10, output_tokens: 212 },
      first_token_ms: 412,
      total_ms: 2870,
      cost_usd: 0.00074,
    });
    expect(sentence).toBe(
      "m finished the reply: 212 tokens, 2.9 s, first token after 412 ms, $0.0007.",
    );
    expect(read("ReplyCompleted", {}).sentence).toBe("The model finished the reply.");
  });

  it("says who did something", () => {
    expect(read("TurnCancelled", { by: "vis_1" }).sentence).toBe(
      "The reply was stopped by the visitor.",
    );
    expect(read("FeedbackGiven", { by: "vis_1", rating: "down", comment: "no" })).toEqual({
      sentence: "The visitor found the reply not helpful: “no”",
      tone: "bad",
    });
    expect(read("FeedbackGiven", { by: "usr_1" }).sentence).toBe("A member took the rating back.");
  });

  it("still reads an event it does not know", () => {
    expect(read("SomethingHappened", { anything: 1 }).sentence).toBe("Something happened.");
  });

  it("tells what was searched for, and what tools did", () => {
    const search = { query: "tents", mode: "lexical", passages: [{}] };
    expect(read("ContextRetrieved", search).sentence).toBe(
      "The documents were searched, by words alone: 1 passage for “tents”",
    );
    expect(read("ToolReturned", { duration_ms: 20 }).sentence).toBe(
      "The tool gave its result after 20 ms.",
    );
    expect(read("ToolReturned", { error: { message: "No." } })).toEqual({
      sentence: "The tool failed: No.",
      tone: "bad",
    });
    expect(read("ToolApprovalAnswered", { is_approved: false, by: "vis_1" })).toEqual({
      sentence: "It was not allowed by the visitor.",
      tone: "warn",
    });
  });
});

describe("a model that gave no answer", () => {
  it("is named with the one that took over, and why", () => {
    const data = { model: "a", to: "b", reason: "timeout", detail: "It took too long." };
    expect(readEvent({ name: "ModelFellBack", data })).toEqual({
      sentence: "a did not begin in time; b took over: It took too long.",
      tone: "warn",
    });
    expect(
      readEvent({ name: "ModelFellBack", data: { ...data, model: null, reason: "budget" } })
        .sentence,
    ).toContain("The default model was beyond the budget; b");
  });
});
