import type { ChatMessage } from "@medea/chat";
import { ProblemError } from "@medea/chat";
import { answersOf, readForm } from "@medea/chat/parts";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatVerbs } from "../components/Chat.tsx";
import { Below } from "./Below.tsx";

const FORM = {
  title: "Call back",
  submit_label: "Call me",
  fields: [
    { name: "name", label: "Your name", type: "text", is_required: true },
    { name: "when", label: "When", type: "choice", options: ["Morning", "Evening"] },
    { name: "people", label: "How many", type: "number" },
    { name: "odd", label: "Odd", type: "file" },
  ],
};

const waiting = (part: object): ChatMessage => ({
  key: "reply",
  id: "msg_1",
  role: "assistant",
  text: "",
  status: "waiting",
  turnId: "trn_1",
  error: null,
  feedback: null,
  createdAt: "",
  parts: [{ type: "tool", id: "cal_1", ...part }],
});

let root: HTMLElement;
const request = vi.fn(async (_path: string, _ask: object) => new Response());
const resume = vi.fn(async () => {});
/** What is on screen: the asking reply, until somebody begins anew. */
let messages: Pick<ChatMessage, "turnId">[] = [];
const focusField = vi.fn();
const verbs = {
  focusField,
  store: () => ({ options: { client: { request } }, resume, getState: () => ({ messages }) }),
} as unknown as ChatVerbs;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  messages = [{ turnId: "trn_1" }];
});
afterEach(() => {
  render(null, root);
  root.remove();
  vi.clearAllMocks();
});

const show = (message: ChatMessage) =>
  act(() => render(<Below message={message} verbs={verbs} />, root));
const press = (name: string) =>
  act(async () => {
    [...root.querySelectorAll("button")].find((one) => one.textContent === name)?.click();
  });

describe("an answer that a colleague is checking", () => {
  const held = (type: object): ChatMessage => ({
    ...waiting({}),
    text: "It is sunny.",
    parts: [type as ChatMessage["parts"][number]],
  });

  it("says so in one line, and is followed again when somebody has decided", async () => {
    vi.useFakeTimers();
    const getTurn = vi.fn(async () => ({ status: "waiting" }));
    const store = () => ({ options: { client: { getTurn } }, resume });
    const message = held({ type: "data-guardrail", data: { action: "held" } });
    await act(() =>
      render(<Below message={message} verbs={{ store } as unknown as ChatVerbs} />, root),
    );
    expect(root.textContent).toBe("A colleague is checking this answer…");
    await act(async () => {
      await vi.advanceTimersByTimeAsync(9000);
    });
    expect(getTurn.mock.calls.length).toBeGreaterThan(1);
    expect(resume).not.toHaveBeenCalled();
    getTurn.mockResolvedValue({ status: "completed" });
    await act(async () => {
      await vi.advanceTimersByTimeAsync(9000);
    });
    expect(resume).toHaveBeenCalledExactlyOnceWith("trn_1");
    vi.useRealTimers();
  });

  it("looks no longer once it is gone, even where an answer was on its way", async () => {
    vi.useFakeTimers();
    let tell: (turn: { status: string }) => void = () => {};
    const getTurn = vi.fn(() => new Promise<{ status: string }>((resolve) => (tell = resolve)));
    const store = () => ({ options: { client: { getTurn } }, resume });
    const message = held({ type: "data-guardrail", data: { action: "held" } });
    await act(() =>
      render(<Below message={message} verbs={{ store } as unknown as ChatVerbs} />, root),
    );
    for (const status of ["waiting", "completed"]) {
      await act(async () => {
        await vi.advanceTimersByTimeAsync(5000);
      });
      expect(getTurn).toHaveBeenCalledOnce();
      await act(() => render(null, root));
      tell({ status });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(getTurn).toHaveBeenCalledOnce();
      expect(resume).not.toHaveBeenCalled();
      getTurn.mockClear();
      await act(() =>
        render(<Below message={message} verbs={{ store } as unknown as ChatVerbs} />, root),
      );
    }
    vi.useRealTimers();
  });

  it("says so after a reload, too, and no longer when it is decided", async () => {
    const message = held({ type: "guardrail", action: "held" });
    await show(message);
    expect(root.textContent).toBe("A colleague is checking this answer…");
    await show({ ...message, status: "complete" });
    expect(root.textContent).toBe("");
  });
});

describe("an approval", () => {
  const call = { name: "cancel_order", state: "approval", input: { order_id: "A-7" } };

  it("is asked with what would be done, and the reply goes on after it", async () => {
    await show(waiting(call));
    expect(root.querySelector('[role="group"] p')?.textContent).toBe("May I use cancel order?");
    expect(root.querySelector("dl")?.textContent).toBe("order idA-7");
    await press("Allow");
    expect(request).toHaveBeenCalledWith("/v1/turns/trn_1/approvals", {
      method: "POST",
      body: { tool_call_id: "cal_1", approved: true },
    });
    expect(resume).toHaveBeenCalledWith("trn_1");
    expect(focusField).toHaveBeenCalledOnce();
  });

  it("brings nothing back where the visitor has begun anew while it was sent", async () => {
    let arrive: () => void = () => {};
    request.mockImplementationOnce(
      () => new Promise((resolve) => (arrive = () => resolve(new Response()))),
    );
    await show(waiting(call));
    await press("Allow");
    messages = [];
    await act(async () => arrive());
    expect(request).toHaveBeenCalledOnce();
    expect(resume).not.toHaveBeenCalled();
  });

  it("can be refused, and says when it came too late and shows what came of it", async () => {
    const late = { status: 409, code: "conversations.nothing_awaited", title: "", detail: "" };
    request.mockRejectedValueOnce(new ProblemError(late));
    await show(waiting(call));
    await press("Don’t allow");
    expect(root.querySelector('[role="alert"]')?.textContent).toContain("settled already");
    expect(resume).toHaveBeenCalledExactlyOnceWith("trn_1");
  });
});

describe("a form", () => {
  it("is read with only what can be filled in", () => {
    const form = readForm(FORM);
    expect(form?.fields.map(({ name }) => name)).toEqual(["name", "when", "people"]);
    expect(readForm({ fields: "x" })).toBeNull();
    const values = { name: " Ada ", when: "", people: "3" };
    expect(answersOf(form?.fields ?? [], values)).toEqual({ name: "Ada", people: 3 });
  });

  it("asks for what is required before it is sent", async () => {
    await show(waiting({ name: "collect_form", state: "form", input: FORM }));
    await press("Call me");
    expect(request).not.toHaveBeenCalled();
    expect(root.querySelector(".ask-error")?.textContent).toBe("Please fill this in.");
    const name = root.querySelector<HTMLInputElement>("input");
    await act(() => {
      if (name) name.value = "Ada";
      name?.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await press("Call me");
    expect(request).toHaveBeenCalledWith("/v1/turns/trn_1/forms", {
      method: "POST",
      body: { tool_call_id: "cal_1", answers: { name: "Ada" } },
    });
  });

  it("may be left", async () => {
    await show(waiting({ name: "collect_form", state: "form", input: FORM }));
    await press("Rather not");
    expect(request).toHaveBeenCalledWith("/v1/turns/trn_1/forms", {
      method: "POST",
      body: { tool_call_id: "cal_1", answers: null },
    });
  });

  it("shows at its field what the server says of it", async () => {
    const errors = [{ field: "answers.name", message: "is too short", code: "short" }];
    const refused = {
      status: 422,
      code: "conversations.form_invalid",
      title: "",
      detail: "",
      errors,
    };
    request.mockRejectedValueOnce(new ProblemError(refused));
    const input = { ...FORM, fields: [{ name: "name", label: "Name", type: "text" }] };
    await show(waiting({ name: "collect_form", state: "form", input }));
    await press("Call me");
    expect(root.querySelector(".ask-error")?.textContent).toBe("is too short");
  });
});
