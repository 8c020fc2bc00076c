import { describe, expect, it } from "vitest";
import { SseDecoder, type SseEvent } from "./sse.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function decode(chunks: Uint8Array[]): SseEvent[] {
  const decoder = new SseDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

const STREAM =
  "retry: 500\n\n" +
  'id: 1-0\ndata: {"type":"start"}\n\n' +
  ": keep-alive\n\n" +
  "id: 1-1\r\ndata: Grüße 👋🏽 aus 東京\r\n\r\n" +
  "event: note\rdata: first\rdata:second\r\r" +
  "data: [DONE]\n\n";

const EVENTS: SseEvent[] = [
  { event: "message", data: '{"type":"start"}', id: "1-0" },
  { event: "message", data: "Grüße 👋🏽 aus 東京", id: "1-1" },
  { event: "note", data: "first\nsecond", id: "1-1" },
  { event: "message", data: "[DONE]", id: "1-1" },
];

describe("SseDecoder", () => {
  it("reads a whole stream with all three line ends", () => {
    expect(decode([bytes(STREAM)])).toEqual(EVENTS);
  });

  it("reads the same whatever single place the bytes are cut at", () => {
    const all = bytes(STREAM);
    for (let cut = 0; cut <= all.length; cut++) {
      expect(decode([all.slice(0, cut), all.slice(cut)]), `cut at ${cut}`).toEqual(EVENTS);
    }
  });

  it("reads the same one byte at a time, with empty chunks between", () => {
    const single = Array.from(bytes(STREAM), (byte) => Uint8Array.of(byte));
    expect(decode(single.flatMap((chunk) => [chunk, new Uint8Array()]))).toEqual(EVENTS);
  });

  it("reads the same for many random ways of cutting", () => {
    const all = bytes(STREAM);
    let seed = 7;
    const next = (limit: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % limit;
    };
    for (let round = 0; round < 300; round++) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < all.length; ) {
        const size = 1 + next(12);
        chunks.push(all.slice(at, at + size));
        at += size;
      }
      expect(decode(chunks)).toEqual(EVENTS);
    }
  });

  it("moves lastEventId only with an event that was completed", () => {
    const decoder = new SseDecoder("1-4");
    decoder.push(bytes("id: 1-5\ndata: half"));
    expect(decoder.lastEventId).toBe("1-4");
    decoder.push(bytes("\n\n"));
    expect(decoder.lastEventId).toBe("1-5");
  });

  it("keeps the retry time and ignores one that is no number", () => {
    const decoder = new SseDecoder();
    decoder.push(bytes("retry: 700\nretry: soon\n\n"));
    expect(decoder.retry).toBe(700);
  });

  it("ignores comments, unknown fields, ids with NUL and a byte order mark", () => {
    const events = decode([
      Uint8Array.of(0xef, 0xbb, 0xbf),
      bytes("foo: bar\nid: a\0b\ndata: x\n\n:\n\n"),
    ]);
    expect(events).toEqual([{ event: "message", data: "x", id: "" }]);
  });

  it("strips one space after the colon and no more", () => {
    expect(decode([bytes("data:  two\ndata\n\n")])[0]?.data).toBe(" two\n");
  });
});
