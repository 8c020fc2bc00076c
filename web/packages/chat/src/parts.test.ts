import { describe, expect, it } from "vitest";
import { type Frame, parseFrame } from "./frames.ts";
import { citedNumbers, readParts, splitAtMarkers } from "./parts.ts";
import { applyFrame, type ChatMessage, fromWire, newMessage } from "./state.ts";

const frame = (json: object): Frame => {
  const parsed = parseFrame(JSON.stringify(json));
  if (!parsed) throw new Error("no frame");
  return parsed;
};
const fold = (...frames: object[]): ChatMessage =>
  frames.map(frame).reduce(applyFrame, newMessage("assistant", ""));

const SOURCE = {
  type: "source-document",
  sourceId: "chk_1",
  mediaType: "application/pdf",
  title: "Returns.pdf",
  providerMetadata: {
    medea: {
      n: 2,
      document_id: "doc_1",
      page: 3,
      heading_path: ["Returns", "Refunds"],
      quote: "within 30 days",
      url: "https://example.com/a",
      score: 0.8,
    },
  },
};
const START = { type: "start", messageId: "msg_1" };

describe("sources", () => {
  it("are read from the frames of a stream", () => {
    const { sources } = readParts(fold(START, SOURCE).parts);
    expect(sources).toEqual([
      {
        n: 2,
        id: "chk_1",
        title: "Returns.pdf",
        documentId: "doc_1",
        mediaType: "application/pdf",
        page: 3,
        headingPath: ["Returns", "Refunds"],
        quote: "within 30 days",
        url: "https://example.com/a",
        score: 0.8,
      },
    ]);
  });

  it("are read alike from a stored message", () => {
    const stored = fromWire({
      id: "msg_1",
      role: "assistant",
      text: "",
      status: "complete",
      turn_id: null,
      error: null,
      model: null,
      usage: null,
      cost_usd: null,
      feedback: null,
      created_at: "",
      parts: [
        { type: "source", chunk_id: "chk_1", document_name: "Returns.pdf", ...medea() },
        { type: "grounding", supported: 0.5, unsupported: [[0, 4]], answered: true },
      ],
    });
    const { sources, grounding } = readParts(stored.parts);
    expect(sources[0]).toMatchObject({ n: 2, id: "chk_1", title: "Returns.pdf", page: 3 });
    expect(grounding).toEqual({ supported: 0.5, unsupported: [[0, 4]], isAnswered: true });
  });

  it("of an attempt that died are forgotten", () => {
    const restart = { type: "data-restart", data: { attempt: 2 } };
    expect(readParts(fold(START, SOURCE, restart, START, SOURCE).parts).sources).toHaveLength(1);
  });

  it("are those that the server has verified, once it has", () => {
    const other = { ...SOURCE, providerMetadata: { medea: { ...medea(), n: 1 } } };
    expect(readParts(fold(START, other, SOURCE).parts).sources).toHaveLength(2);
    const data = { supported: 1, unsupported: [], answered: true, cited: [{ n: 2, quote: "30" }] };
    const verdict = { type: "data-grounding", data };
    expect(readParts(fold(START, other, SOURCE, verdict).parts).sources).toMatchObject([
      { n: 2, quote: "30", page: 3 },
    ]);
  });

  it("of the web need no document", () => {
    const web = { type: "source-url", sourceId: "s1", url: "https://example.com" };
    expect(readParts(fold(START, web).parts).sources[0]).toMatchObject({
      title: "https://example.com",
      url: "https://example.com",
      documentId: null,
    });
  });
});

const medea = () => SOURCE.providerMetadata.medea;

describe("grounding", () => {
  it("tells what has no support, and drops ranges that are none", () => {
    const data = { supported: 0.5, unsupported: [[5, 9], [9, 5], "x"], answered: false };
    expect(readParts(fold(START, { type: "data-grounding", data }).parts).grounding).toEqual({
      supported: 0.5,
      unsupported: [[5, 9]],
      isAnswered: false,
    });
  });
});

describe("tools", () => {
  const begun = { type: "tool-input-start", toolCallId: "c1", toolName: "calculator" };
  const asked = {
    type: "tool-input-available",
    toolCallId: "c1",
    toolName: "calculator",
    input: 1,
  };

  it("go from running to done", () => {
    const delta = { type: "tool-input-delta", toolCallId: "c1", inputTextDelta: "{" };
    const done = { type: "tool-output-available", toolCallId: "c1", output: 2 };
    expect(readParts(fold(START, begun, delta).parts).tools[0]?.state).toBe("running");
    expect(readParts(fold(START, begun, delta, asked, done).parts).tools).toMatchObject([
      { id: "c1", name: "calculator", state: "done", input: 1, output: 2 },
    ]);
    expect(fold(START, begun, delta).parts).toHaveLength(1);
  });

  it("wait for an approval, are denied, or fail", () => {
    const wait = { type: "tool-approval-request", toolCallId: "c1", approvalId: "a1" };
    const waiting = readParts(fold(START, asked, wait).parts).tools;
    expect(waiting).toMatchObject([{ state: "approval", name: "calculator" }]);
    const denied = { type: "tool-output-denied", toolCallId: "c1" };
    expect(readParts(fold(START, asked, wait, denied).parts).tools[0]?.state).toBe("denied");
    const failed = { type: "tool-output-error", toolCallId: "c1", errorText: "No." };
    expect(readParts(fold(START, asked, failed).parts).tools).toMatchObject([
      { state: "failed", error: "No." },
    ]);
  });
});

describe("tools of a stored message", () => {
  it.each(["running", "approval", "form", "done", "denied"])("%s is told as it is", (state) => {
    const part = { type: "tool", id: "c1", name: "calculator", state, error: null };
    expect(readParts([part]).tools).toMatchObject([{ state, name: "calculator", error: null }]);
  });

  it("that failed says why", () => {
    const part = { type: "tool", id: "c1", name: "calculator", state: "failed", error: "No." };
    expect(readParts([part]).tools).toMatchObject([{ state: "failed", error: "No." }]);
  });
});

describe("markers", () => {
  it("are found once each, in order", () => {
    expect(citedNumbers("b [2][1], again [2], not [x] or [123]")).toEqual([2, 1]);
  });

  it("cut a text, unknown numbers staying text", () => {
    const isKnown = (n: number) => n < 3;
    expect(splitAtMarkers("See [1][2] and [7].", isKnown)).toEqual(["See ", 1, 2, " and [7]."]);
    expect(splitAtMarkers("plain", isKnown)).toEqual(["plain"]);
  });
});
