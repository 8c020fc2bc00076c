import type { Agent } from "@medea/api";
import { describe, expect, it } from "vitest";
import { anAgent } from "../../../../testing/agent";
import {
  type DraftAction,
  draftReducer,
  emptyDraft,
  saveStatus,
  shownDraft,
  toWire,
  unsaved,
} from "./draft-state";

const agent: Agent = anAgent({ name: "Support", greeting: "Hello" });
const after = (...actions: DraftAction[]) => actions.reduce(draftReducer, emptyDraft);

describe("draft", () => {
  it("is saved while nothing was typed", () => {
    expect(unsaved(agent, emptyDraft)).toBeNull();
    expect(saveStatus(agent, emptyDraft)).toBe("saved");
  });

  it("sends only the fields that differ", () => {
    const state = after({ type: "edit", values: { greeting: "Hi", name: "Support" } });
    expect(unsaved(agent, state)).toEqual({ greeting: "Hi" });
    expect(shownDraft(agent, state).greeting).toBe("Hi");
  });

  it("keeps what was typed during a save as still to be sent", () => {
    const state = after(
      { type: "edit", values: { greeting: "Hi" } },
      { type: "saving" },
      { type: "edit", values: { greeting: "Hi there" } },
      { type: "saved", sent: { greeting: "Hi" } },
    );
    expect(unsaved({ ...agent, greeting: "Hi" }, state)).toEqual({ greeting: "Hi there" });
  });

  it("leaves the text as typed when the server stores it trimmed", () => {
    const state = after(
      { type: "edit", values: { greeting: "Hi " } },
      { type: "saving" },
      { type: "saved", sent: { greeting: "Hi " } },
    );
    const stored = { ...agent, greeting: "Hi" };
    expect(shownDraft(stored, state).greeting).toBe("Hi ");
    expect(saveStatus(stored, state)).toBe("saved");
  });

  it("keeps unfinished rows at home", () => {
    const state = after({
      type: "edit",
      values: {
        examples: [
          { user: "Where?", assistant: "There." },
          { user: "Half", assistant: " " },
        ],
        suggested_questions: ["", "Open?"],
      },
    });
    expect(unsaved(agent, state)).toEqual({
      examples: [{ user: "Where?", assistant: "There." }],
      suggested_questions: ["Open?"],
    });
    const empty = after({ type: "edit", values: { suggested_questions: [""] } });
    expect(unsaved(agent, empty)).toBeNull();
  });

  it("never sends what the server computes", () => {
    const appearance = { ...agent.appearance, accent: "#112233", on_accent: "#ffffff" as const };
    const changes = unsaved(agent, after({ type: "edit", values: { appearance } }));
    expect(changes?.appearance).not.toHaveProperty("on_accent");
  });

  it("tries again after a refusal only once something changed", () => {
    const refused = after(
      { type: "edit", values: { name: "" } },
      { type: "saving" },
      { type: "failed", error: new Error("no") },
    );
    expect(saveStatus(agent, refused)).toBe("failed");
    const mended = draftReducer(refused, { type: "edit", values: { name: "Sales" } });
    expect(saveStatus(agent, mended)).toBe("pending");
  });

  it("forgets everything when the draft is replaced as a whole", () => {
    const state = after({ type: "edit", values: { name: "X" } }, { type: "reset" });
    expect(state).toEqual(emptyDraft);
  });
});

describe("a chain of models", () => {
  it("is sent without rows that are half filled in", () => {
    const rows: Agent["fallbacks"] = [
      { model: "a", on: ["error"] },
      { model: "", on: ["error"] },
      { model: "b", on: [] },
    ];
    expect(toWire("fallbacks", rows)).toEqual([rows[0]]);
  });
});
