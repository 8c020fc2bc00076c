import type { Message } from "@medea/api";
import { describe, expect, it } from "vitest";
import { awaitedBy } from "./conversation-marks";

const reply = (change: Partial<Message>): Message =>
  ({ role: "assistant", status: "waiting", turn_id: "trn_1", parts: [], ...change }) as Message;

describe("what an open turn waits for", () => {
  it("is the visitor, or somebody who looks at the answer", () => {
    expect(awaitedBy("trn_1", [reply({})])).toBe("Waits for the visitor");
    expect(awaitedBy("trn_1", [reply({ parts: [{ type: "held" }] })])).toBe("Waits for approval");
  });

  it("is nothing while the reply is written, for another turn, or without one", () => {
    expect(awaitedBy("trn_1", [reply({ status: "streaming" })])).toBeNull();
    expect(awaitedBy("trn_2", [reply({})])).toBeNull();
    expect(awaitedBy(null, [reply({ turn_id: null })])).toBeNull();
  });
});
