import { ApiError, type KnowledgeDocument, type UploadOptions } from "@medea/api";
import { describe, expect, it } from "vitest";
import { UploadQueue } from "./upload-queue";

const file = (name: string) => new File(["x"], name);

function setUp() {
  const open: {
    name: string;
    options: UploadOptions;
    done: (ok: boolean) => Promise<void>;
  }[] = [];
  const arrived: string[] = [];
  const queue = new UploadQueue(
    (_, sent, options) =>
      new Promise((resolve, reject) => {
        options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
        const done = async (ok: boolean) => {
          if (ok) resolve({ name: sent.name } as KnowledgeDocument);
          else reject(new ApiError(422, "knowledge.unreadable", "It cannot be read."));
          await new Promise((tick) => setTimeout(tick));
        };
        open.push({ name: sent.name, options, done });
      }),
    (_, document) => arrived.push(document.name),
  );
  return { queue, open, arrived };
}

describe("UploadQueue", () => {
  it("sends three at once and the others as places come free", async () => {
    const { queue, open, arrived } = setUp();
    queue.add("kb_1", ["a", "b", "c", "d"].map(file));
    expect(open.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    await open[1]?.done(true);
    expect(open.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
    expect(arrived).toEqual(["b"]);
    expect(queue.getState().map((upload) => upload.file.name)).toEqual(["a", "c", "d"]);
  });

  it("keeps a refused file with its reason until it is sent again", async () => {
    const { queue, open, arrived } = setUp();
    queue.add("kb_1", [file("a")]);
    open[0]?.options.onProgress?.(0.5);
    expect(queue.getState()[0]).toMatchObject({ state: "sending", share: 0.5 });
    await open[0]?.done(false);
    const [failed] = queue.getState();
    expect(failed).toMatchObject({ state: "failed", error: "It cannot be read." });
    queue.retry(failed?.id ?? 0);
    await open[1]?.done(true);
    expect(arrived).toEqual(["a"]);
    expect(queue.getState()).toEqual([]);
  });

  it("stops what is taken off the list", () => {
    const { queue, open } = setUp();
    queue.add("kb_1", [file("a")]);
    queue.remove(queue.getState()[0]?.id ?? 0);
    expect(open[0]?.options.signal?.aborted).toBe(true);
    expect(queue.getState()).toEqual([]);
  });
});
