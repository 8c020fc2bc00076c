import type { ChatMessage } from "@medea/chat";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadMarkdown, Messages } from "../conversation/index.ts";
import { runningSentence, toolName } from "./words.ts";

const SOURCE = {
  type: "source-document",
  sourceId: "chk_1",
  mediaType: "text/markdown",
  title: "Returns.md",
  providerMetadata: {
    medea: {
      n: 1,
      document_id: "doc_1",
      page: 3,
      heading_path: ["Shop", "Returns"],
      quote: "within 30 days",
      url: "https://widget.example/sources/abc",
    },
  },
};

const reply = (change: Partial<ChatMessage>): ChatMessage => ({
  key: "reply",
  id: "msg_1",
  role: "assistant",
  text: "Send it back within 30 days [1]. Not [2].",
  status: "complete",
  turnId: "trn_1",
  error: null,
  feedback: null,
  createdAt: "",
  parts: [SOURCE],
  ...change,
});

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

async function show(message: ChatMessage): Promise<void> {
  const chat = { ...emptyState, messages: [message] };
  const verbs = {} as Parameters<typeof Messages>[0]["verbs"];
  await act(async () => {
    render(<Messages chat={chat} title="Guide" greeting={null} verbs={verbs} />, root);
    await loadMarkdown();
    await import("./index.ts");
  });
  await act(async () => {
    await new Promise((tick) => setTimeout(tick));
  });
}

const emptyState: Parameters<typeof Messages>[0]["chat"] = {
  conversationId: "cnv_1",
  messages: [],
  answering: null,
  stopping: false,
  connection: "online",
  earlier: null,
  loading: "none",
  problem: null,
};

describe("sources", () => {
  it("are markers in the text and a list below", async () => {
    await show(reply({}));
    const cites = [...root.querySelectorAll<HTMLButtonElement>(".cite")];
    expect(cites.map((cite) => cite.getAttribute("aria-label"))).toEqual(["Source 1: Returns.md"]);
    expect(root.querySelector(".prose")?.textContent).toContain("Not [2]");
    const source = root.querySelector<HTMLDetailsElement>("details.source");
    expect(source?.querySelector("summary")?.textContent).toBe("1Returns.mdPage 3 · Returns");
    expect(source?.open).toBe(false);
    cites[0]?.click();
    expect(source?.open).toBe(true);
    expect(document.activeElement?.tagName).toBe("SUMMARY");
    expect(source?.querySelector("blockquote")?.textContent).toBe("within 30 days");
    expect(source?.querySelector("a")?.getAttribute("href")).toBe(
      "https://widget.example/sources/abc",
    );
  });

  it("that were not verified leave no marker behind", async () => {
    const data = { supported: 0.5, unsupported: [], cited: [{ n: 1, quote: "30 days" }] };
    await show(reply({ parts: [SOURCE, { type: "data-grounding", data }] }));
    expect(root.querySelectorAll(".cite")).toHaveLength(1);
    expect(root.querySelector(".prose")?.textContent).toContain("Not .");
  });

  it("that the text does not cite are not listed", async () => {
    await show(reply({ text: "Nothing to cite." }));
    expect(root.querySelector(".sources")).toBeNull();
  });

  it("lead nowhere but to the web", async () => {
    const medea = { ...SOURCE.providerMetadata.medea, url: "javascript:alert(1)" };
    await show(reply({ parts: [{ ...SOURCE, providerMetadata: { medea } }] }));
    expect(root.querySelector("details.source")).not.toBeNull();
    expect(root.querySelector("details.source a")).toBeNull();
  });

  it("wait with the list until the answer is written", async () => {
    await show(reply({ status: "streaming" }));
    expect(root.querySelectorAll(".cite")).toHaveLength(1);
    expect(root.querySelector(".sources")).toBeNull();
  });
});

describe("tools", () => {
  const begun = { type: "tool-input-start", toolCallId: "c1", toolName: "search_knowledge" };

  it("are one quiet line while they work and afterwards", async () => {
    await show(reply({ text: "", status: "streaming", parts: [begun] }));
    expect(root.querySelector(".tools")?.textContent).toBe("Searching the documents…");
    const done = { type: "tool-output-available", toolCallId: "c1", output: {} };
    await show(reply({ parts: [begun, done] }));
    expect(root.querySelector(".tools")?.textContent).toBe("Used the documents");
  });

  it("are called by what a tenant calls them", () => {
    expect(toolName("find_order", null)).toBe("find order");
    expect(runningSentence("find_order", "Order search")).toBe("Using Order search…");
  });
});

describe("guardrails", () => {
  const lineOf = async (parts: ChatMessage["parts"]) => {
    await show(reply({ text: "No.", parts }));
    return root.querySelector(".tools")?.textContent ?? null;
  };

  it("are told in one quiet line, whichever way they came", async () => {
    const refused = "This message was not passed on to the assistant.";
    expect(await lineOf([{ type: "data-guardrail", data: { action: "refused" } }])).toBe(refused);
    expect(await lineOf([{ type: "guardrail", action: "refused" }])).toBe(refused);
    expect(await lineOf([{ type: "guardrail", action: "withheld" }])).toBe(
      "The rest of this answer was held back.",
    );
  });

  it("say nothing of what is no business of visitors", async () => {
    expect(await lineOf([{ type: "guardrail", action: "hidden" }])).toBeNull();
    expect(await lineOf([{ type: "data-guardrail", data: null }])).toBeNull();
  });
});
