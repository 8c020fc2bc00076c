import { describe, expect, it } from "vitest";
import { noRules } from "../../../../testing/agent";
import { actSentence } from "./acts";
import { guardrailsToWire, rulesAtWork } from "./wire";

describe("guardrails on their way to the server", () => {
  it("leave blank rows and blank sentences at home", () => {
    const rules = noRules();
    const sent = guardrailsToWire({
      ...rules,
      topics: { ...rules.topics, allowed: ["orders", " ", ""], reply: " " },
      blocked: {
        ...rules.blocked,
        terms: ["", "falcon"],
        patterns: [
          { name: "", pattern: "x" },
          { name: "order", pattern: "ORD-[0-9]+" },
        ],
      },
    });
    expect(sent.topics.allowed).toEqual(["orders"]);
    expect(JSON.parse(JSON.stringify(sent)).topics).not.toHaveProperty("reply");
    expect(sent.blocked.terms).toEqual(["falcon"]);
    expect(sent.blocked.patterns).toEqual([{ name: "order", pattern: "ORD-[0-9]+" }]);
  });

  it("are counted by group", () => {
    const rules = noRules();
    expect(rulesAtWork(rules)).toBe(0);
    const pii = { ...rules.pii, kinds: ["email" as const, "card" as const] };
    expect(
      rulesAtWork({ ...rules, pii, approval: { ...rules.approval, unsafe_tools: true } }),
    ).toBe(2);
    expect(rulesAtWork({ ...rules, approval: { ...rules.approval, answers: "all" } })).toBe(1);
  });
});

describe("what a rule did", () => {
  it.each([
    [
      { rule: "approval.answers", action: "held", name: "unsupported", counts: {} },
      "Held until somebody has looked at it: the documents do not support all of it.",
    ],
    [
      { rule: "blocked.terms", action: "held", name: "falcon", counts: {} },
      "Held until somebody has looked at it: it holds “falcon”.",
    ],
    [{ rule: "approval.answers", action: "approved", counts: {} }, "Somebody approved the answer."],
    [
      { rule: "pii", action: "hidden", stage: "prompt", counts: { email: 2, card: 1 } },
      "Hidden from the model: 2 e-mail addresses, 1 card number.",
    ],
    [
      { rule: "pii", action: "hidden", stage: "answer", counts: { customer_no: 1 } },
      "Hidden in the answer: 1 customer no.",
    ],
    [
      { rule: "blocked.terms", action: "refused", name: "falcon" },
      "Refused without asking the model: it holds “falcon”.",
    ],
    [
      { rule: "topics", action: "refused", name: "" },
      "Refused without asking the model: it is outside the topics.",
    ],
    [
      { rule: "blocked.patterns", action: "withheld", name: "order" },
      "The rest of the answer was withheld: it matches the pattern order.",
    ],
    [
      { rule: "links", action: "removed", counts: { links: 1 } },
      "Taken out of the answer: 1 link.",
    ],
  ])("%o", (act, sentence) => {
    expect(actSentence(act)).toBe(sentence);
  });
});
