import { type ChatMessage, type ChatState, emptyChat } from "@medea/chat";
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as parts from "../conversation/index.ts";
import type { WidgetConfig } from "../session/types.ts";
import { Chat, type ChatVerbs } from "./Chat.tsx";

const config: WidgetConfig = {
  title: "Guide",
  subtitle: null,
  greeting: "Hello there",
  suggested_questions: ["Which tent?"],
  appearance: {
    accent: "#2f6f4f",
    on_accent: "#ffffff",
    theme: "auto",
    position: "right",
    launcher_label: "Ask",
    title: null,
    subtitle: null,
    radius: 16,
    show_branding: true,
  },
};

const message = (role: ChatMessage["role"], change: Partial<ChatMessage> = {}): ChatMessage => ({
  key: role,
  id: `msg_${role}`,
  role,
  text: `${role} text`,
  status: "complete",
  turnId: "trn_1",
  error: null,
  feedback: null,
  createdAt: "",
  parts: [],
  ...change,
});

let root: HTMLElement;
let verbs: ChatVerbs;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  verbs = {
    send: vi.fn(() => true),
    ask: vi.fn(),
    stop: vi.fn(),
    retry: vi.fn(),
    regenerate: vi.fn(),
    rate: vi.fn(),
    loadEarlier: vi.fn(),
    startOver: vi.fn(),
    dismissProblem: vi.fn(),
    reload: vi.fn(),
    focusField: vi.fn(),
    close: vi.fn(),
    store: () => null,
  };
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function draw(chat: Partial<ChatState>): void {
  const state = { ...emptyChat, ...chat };
  render(
    <Chat title="Guide" config={config} chat={state} parts={parts} verbs={verbs} focus={0} />,
    root,
  );
}

const button = (name: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].find(
    (it) => (it.getAttribute("aria-label") ?? it.textContent) === name,
  );
  if (!found) throw new Error(`no button "${name}"`);
  return found;
};

describe("Chat", () => {
  it("welcomes, and asks what a suggestion says", () => {
    draw({});
    expect(root.querySelector("h1")?.textContent).toBe("Guide");
    expect(root.textContent).toContain("Hello there");
    button("Which tent?").click();
    expect(verbs.ask).toHaveBeenCalledWith("Which tent?");
  });

  it("keeps the transcript silent and announces beside it", () => {
    draw({ messages: [message("user"), message("assistant", { status: "streaming", text: "" })] });
    const log = root.querySelector("[role=log]");
    expect(log?.getAttribute("aria-live")).toBe("off");
    expect(log?.querySelector("ol")).not.toBeNull();
    expect(root.querySelector("[aria-live=polite]")).not.toBeNull();
  });

  it("announces that a reply waits, which nobody would hear otherwise", async () => {
    const messages = [message("user"), message("assistant", { status: "streaming", text: "" })];
    draw({ messages, answering: "assistant" });
    draw({ messages: [message("user"), message("assistant", { status: "waiting" })] });
    await vi.waitFor(() => {
      const spoken = root.querySelector("[aria-live=polite]")?.textContent;
      expect(spoken).toBe(
        "Guide: assistant text This answer waits. Please read on in the conversation.",
      );
    });
  });

  it("rates, and shows which rating stands", () => {
    draw({ messages: [message("user"), message("assistant", { feedback: "up" })] });
    expect(button("Good answer").getAttribute("aria-pressed")).toBe("true");
    button("Bad answer").click();
    expect(verbs.rate).toHaveBeenCalledWith("assistant", "down");
    button("Answer again").click();
    expect(verbs.regenerate).toHaveBeenCalledWith("assistant");
  });

  it("turns the send button into the stop button, the same element", () => {
    draw({});
    const send = button("Send message");
    draw({ messages: [message("user"), message("assistant")], answering: "assistant" });
    expect(button("Stop answering")).toBe(send);
    send.click();
    expect(verbs.stop).toHaveBeenCalledOnce();
  });

  it("says in plain words what failed, and does it again", () => {
    const error = { code: "llm.rate_limited", message: "429 from upstream", retryable: true };
    draw({ messages: [message("user"), message("assistant", { status: "failed", error })] });
    const alert = root.querySelector("[role=alert]");
    expect(alert?.textContent).toContain("busy at the moment");
    expect(alert?.textContent).not.toContain("429");
    button("Try again").click();
    expect(verbs.retry).toHaveBeenCalledWith("assistant");
  });

  it("sends on Enter, but not while an input method composes", async () => {
    draw({});
    const field = root.querySelector("textarea") as HTMLTextAreaElement;
    field.value = "こんにちは";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const press = (init: KeyboardEventInit) =>
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, ...init }));
    press({ isComposing: true });
    press({ shiftKey: true });
    expect(verbs.send).not.toHaveBeenCalled();
    press({});
    expect(verbs.send).toHaveBeenCalledWith("こんにちは");
  });

  it("says when the network is gone", () => {
    draw({ connection: "offline" });
    expect(root.querySelector("[role=status]")?.textContent).toContain("You are offline");
  });
});
