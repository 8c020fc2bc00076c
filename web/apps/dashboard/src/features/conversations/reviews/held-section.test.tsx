import { ApiError, type HeldAnswer } from "@medea/api";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HeldSection } from "./held-section";

// Only what never comes ends by it, however busy the machine.
configure({ asyncUtilTimeout: 60_000 });

const { held, review, success } = vi.hoisted(() => ({
  held: vi.fn(),
  review: vi.fn(),
  success: vi.fn(),
}));
vi.mock("@/lib/api", () => ({ api: { conversations: { held, review } } }));
vi.mock("@/lib/session", () => ({ useCan: () => true }));
vi.mock("@medea/ui", async (original) => ({
  ...(await original<object>()),
  toast: { success, error: vi.fn() },
}));
vi.mock("@tanstack/react-router", () => ({ Link: () => null }));

const answer = (id: string, prompt: string) =>
  ({
    id,
    turn_id: `trn_${id}`,
    prompt,
    agent: { name: "Support" },
    text: "It costs 40 euros.",
    shown: "",
    reason: "all",
    rules: [],
    asked_at: "2026-11-20T10:00:00Z",
    expires_at: "2026-11-20T11:00:00Z",
  }) as unknown as HeldAnswer;

let waiting: HeldAnswer[];

beforeEach(() => {
  waiting = [answer("1", "How much is it?"), answer("2", "And how fast?")];
  held.mockImplementation(async () => ({ data: waiting, next_cursor: null }));
  review.mockImplementation(async (turnId: string) => {
    waiting = waiting.filter((one) => one.turn_id !== turnId);
  });
});
afterEach(() => {
  cleanup();
  vi.resetAllMocks();
});

function show() {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <HeldSection />
    </QueryClientProvider>,
  );
  return screen.findByRole("heading", { name: "Waiting for approval" });
}

/** The first button of that name, pressed with the keyboard's place on it. */
function press(name: string) {
  const [button] = screen.getAllByRole<HTMLButtonElement>("button", { name });
  button?.focus();
  if (button) fireEvent.click(button);
  return button;
}

describe("HeldSection", () => {
  it("tells of each button which question it decides on", async () => {
    await show();
    const said = screen.getAllByRole("button", { name: "Approve" }).map((button) => {
      const id = button.getAttribute("aria-describedby") ?? "";
      return document.getElementById(id)?.textContent;
    });
    expect(said).toEqual(["How much is it?", "And how fast?"]);
  });

  it("leads into the field for an own answer and back to its button", async () => {
    await show();
    press("Say something else");
    expect(document.activeElement).toBe(screen.getByLabelText("Say instead"));
    press("Back");
    await waitFor(() => {
      const [button] = screen.getAllByRole("button", { name: "Say something else" });
      expect(document.activeElement).toBe(button);
    });
  });

  it("goes on from the heading after each decision, the last one, too", async () => {
    const heading = await show();
    press("Approve");
    await waitFor(() => expect(screen.queryByText("How much is it?")).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(heading));
    press("Decline");
    await screen.findByText("No answer waits any more.");
    await waitFor(() => expect(document.activeElement).toBe(heading));
    expect(review.mock.calls).toEqual([
      ["trn_1", { approved: true }],
      ["trn_2", { approved: false }],
    ]);
  });

  it("takes nobody away who has gone on meanwhile", async () => {
    await show();
    let answered = () => {};
    review.mockImplementationOnce(() => new Promise<void>((resolve) => (answered = resolve)));
    press("Approve");
    await waitFor(() => expect(review).toHaveBeenCalledOnce());
    const other = screen.getAllByRole<HTMLButtonElement>("button", { name: "Decline" })[1];
    other?.focus();
    waiting = waiting.slice(1);
    answered();
    await waitFor(() => expect(screen.queryByText("How much is it?")).toBeNull());
    await waitFor(() => expect(success).toHaveBeenCalledWith("The answer is shown"));
    expect(document.activeElement).toBe(other);
  });

  it("goes on from the heading where somebody else was first", async () => {
    const heading = await show();
    review.mockRejectedValueOnce(new ApiError(409, "conversations.nothing_awaited", "Too late."));
    press("Approve");
    await waitFor(() => expect(document.activeElement).toBe(heading));
  });

  it("leaves the keyboard where it was when a decision could not be sent", async () => {
    await show();
    review.mockRejectedValueOnce(new ApiError(500, "internal", "No."));
    const button = press("Approve");
    await waitFor(() => expect(button?.getAttribute("aria-busy")).toBe("true"));
    await waitFor(() => expect(button?.getAttribute("aria-busy")).toBeNull());
    expect(document.activeElement).toBe(button);
    expect(button?.disabled).toBe(false);
  });
});
