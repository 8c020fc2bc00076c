import type { ChatMessage } from "@medea/chat";
import { describe, expect, it } from "vitest";
import { strings } from "../strings/index.ts";
import { explainMessage, explainProblem } from "./failures.ts";

const error = (code: string) => ({ code, message: "", retryable: true });
const said = (code: string, status: ChatMessage["status"] = "failed") =>
  explainMessage({ status, error: error(code) } as ChatMessage);

describe("what a failure says", () => {
  it("depends on the code, not on whether the answer had begun", () => {
    const { failed } = strings();
    for (const [code, words] of [
      ["limits.too_many_requests", failed.tooMany],
      ["conversations.too_many_waiting", failed.tooMany],
      ["conversations.said_too_often", failed.tooMany],
      ["conversations.too_many_running", failed.busy],
      ["billing.budget_exhausted", failed.spent],
      ["conversations.closed", failed.closed],
      ["llm.content_filtered", failed.filtered],
      ["llm.context_too_long", failed.full],
      ["llm.rate_limited", failed.busy],
      ["llm.circuit_open", failed.busy],
      ["llm.model_disabled", failed.busy],
      ["unavailable", failed.busy],
    ] as const) {
      expect(said(code), code).toBe(words);
      expect(said(code, "unsent"), code).toBe(words);
    }
  });

  it("tells a question that is not sent from an answer that is not finished", () => {
    const { failed } = strings();
    expect(said("network.unreachable")).toBe(failed.lost);
    expect(said("network.unreachable", "unsent")).toBe(failed.network);
    expect(said("llm.failed")).toBe(failed.answer);
    expect(said("auth.forbidden", "unsent")).toBe(failed.unsent);
    expect(said("request.too_large", "unsent")).toBe(failed.tooLong);
    expect(said("request.in_progress", "unsent")).toBe(failed.unsent);
  });

  it("has words for what belongs to no message", () => {
    const { failed } = strings();
    expect(explainProblem(error("limits.too_many_requests"))).toBe(failed.tooMany);
    expect(explainProblem(error("network.unreachable"))).toBe(failed.lost);
    expect(explainProblem(error("client.failed"))).toBe(failed.generic);
  });
});
