import { describe, expect, it } from "vitest";
import { aConversation, aKey, anAgent } from "../../../testing/agent";
import { focusAgent, nextStep, type SetUpFacts, setUpSteps } from "./checklist";

const nothing: SetUpFacts = { agents: [], keys: [], playground: [], visitors: [] };
const done = (facts: Partial<SetUpFacts>) =>
  setUpSteps({ ...nothing, ...facts })
    .filter((step) => step.isDone)
    .map((step) => step.key);

describe("set-up steps", () => {
  it("begin with an agent", () => {
    expect(done({})).toEqual([]);
    expect(nextStep(setUpSteps(nothing))?.key).toBe("create");
  });

  it("count an agent without instructions as created only", () => {
    expect(done({ agents: [anAgent({ system_prompt: "  " })] })).toEqual(["create"]);
  });

  it("follow what is there, not the order it was done in", () => {
    const agents = [anAgent({ system_prompt: "You are", published_version: 2 })];
    expect(done({ agents })).toEqual(["create", "prompt", "publish"]);
    expect(nextStep(setUpSteps({ ...nothing, agents }))?.key).toBe("test");
  });

  it("take an opened but silent playground for untested", () => {
    expect(done({ playground: [aConversation({ message_count: 0 })] })).toEqual([]);
    expect(done({ playground: [aConversation()] })).toEqual(["test"]);
  });

  it("call it embedded once the publishable key was used", () => {
    expect(done({ keys: [aKey()] })).toEqual([]);
    expect(
      done({ keys: [aKey({ kind: "secret", last_used_at: "2026-11-20T10:00:00Z" })] }),
    ).toEqual([]);
    expect(done({ keys: [aKey({ last_used_at: "2026-11-20T10:00:00Z" })] })).toEqual(["embed"]);
  });

  it("are over with the first visitor", () => {
    const steps = setUpSteps({
      agents: [anAgent({ system_prompt: "You are", published_version: 1 })],
      keys: [],
      playground: [aConversation()],
      visitors: [aConversation({ channel: "widget" })],
    });
    expect(nextStep(steps)).toBeNull();
  });

  it("are about the agent touched last", () => {
    const old = anAgent({ id: "agt_a", updated_at: "2026-01-01T00:00:00Z" });
    const fresh = anAgent({ id: "agt_b", updated_at: "2026-02-01T00:00:00Z" });
    expect(focusAgent([old, fresh])?.id).toBe("agt_b");
    expect(focusAgent([])).toBeNull();
  });
});
