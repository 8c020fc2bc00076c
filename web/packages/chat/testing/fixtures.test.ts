import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Frame, parseFrame } from "../src/frames.ts";
import { SseDecoder } from "../src/sse.ts";
import { applyFrame, newMessage } from "../src/state.ts";

/** Streams as the server writes them (`tests/contracts/test_stream_fixtures.py` keeps them in step). */
const FOLDER = `${import.meta.dirname}/fixtures/`;
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".sse"))
  .map((name) => name.replace(".sse", ""));

function read(bytes: Uint8Array, size: number): Frame[] {
  const decoder = new SseDecoder();
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const event of decoder.push(bytes.subarray(at, at + size))) {
      const frame = event.data === "[DONE]" ? null : parseFrame(event.data);
      if (frame) frames.push(frame);
    }
  }
  return frames;
}

describe("streams written by the server", () => {
  it("are all here", () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(8);
  });

  it.each(NAMES)("%s, cut at any size, gives the expected message", (name) => {
    const bytes = new Uint8Array(readFileSync(`${FOLDER}${name}.sse`));
    const expected = JSON.parse(readFileSync(`${FOLDER}${name}.json`, "utf8"));
    for (const size of [1, 2, 3, 7, 64, bytes.length]) {
      const message = read(bytes, size).reduce(applyFrame, newMessage("assistant", ""));
      expect(message).toMatchObject(expected);
    }
  });
});
