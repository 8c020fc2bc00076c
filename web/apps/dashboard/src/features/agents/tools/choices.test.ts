import type { Tool } from "@medea/api";
import { describe, expect, it } from "vitest";
import { anAgent } from "../../../../testing/agent";
import { asking, goneFrom, labelOf, lackOf, toggled } from "./choices";

const own = [{ id: "tol_1", name: "find_order" } as Tool];
const clock = { name: "current_time", needs_approval: false };
const order = { name: "tol_1", needs_approval: true };

describe("the tools of a draft", () => {
  it("puts a new one last, without asking", () => {
    expect(toggled([order], "current_time", true)).toEqual([order, clock]);
  });

  it("keeps place and question of one that is there already", () => {
    expect(toggled([order, clock], "tol_1", true)).toEqual([order, clock]);
  });

  it("takes one out", () => {
    expect(toggled([order, clock], "tol_1", false)).toEqual([clock]);
  });

  it("changes the question of one alone", () => {
    expect(asking([order, clock], "current_time", true)).toEqual([
      order,
      { ...clock, needs_approval: true },
    ]);
  });

  it("names built-in and own ones, and finds those that were deleted", () => {
    expect(labelOf("current_time", own)).toBe("Current time");
    expect(labelOf("tol_1", own)).toBe("find_order");
    expect(goneFrom([clock, order], [])).toEqual([order]);
  });
});

describe("what a built-in tool lacks", () => {
  it("is a knowledge base for searching", () => {
    const agent = anAgent();
    const withBase = { retrieval: { ...agent.retrieval, knowledge_bases: ["kb_1"] } };
    expect(lackOf("search_knowledge", agent, [])).toBe("bases");
    expect(lackOf("search_knowledge", withBase, [])).toBeNull();
  });

  it("is a site for reading pages, once the sites are known", () => {
    expect(lackOf("fetch_page", anAgent(), undefined)).toBeNull();
    expect(lackOf("fetch_page", anAgent(), [])).toBe("sites");
    expect(lackOf("fetch_page", anAgent(), ["docs.example.com"])).toBeNull();
  });
});
