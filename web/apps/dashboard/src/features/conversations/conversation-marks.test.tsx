import type { Conversation } from "@medea/api";
import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ConversationMarks } from "./conversation-marks";

function show(change: Partial<Conversation>) {
  const conversation = { active_turn_id: "trn_1", waits_for: null, is_handed_over: false };
  render(<ConversationMarks conversation={{ ...conversation, ...change } as Conversation} />);
  return screen;
}

describe("where a conversation stands", () => {
  it("names whom an open turn waits for", () => {
    expect(show({ waits_for: "visitor" }).getByText("Waits for the visitor")).toBeTruthy();
    expect(show({ waits_for: "review" }).getByText("Waits for approval")).toBeTruthy();
    expect(screen.queryByText(/answering/i)).toBeNull();
  });

  it("says that it is being answered, and nothing where no turn is open", () => {
    expect(show({}).getByText(/answering/i)).toBeTruthy();
    show({ active_turn_id: null, is_handed_over: true });
    expect(screen.getAllByText(/answering/i)).toHaveLength(1);
    expect(screen.getByText("Handed over")).toBeTruthy();
  });
});
