import type { StoredEvent } from "@medea/api";
import { describe, expect, it } from "vitest";
import { retrievedFor } from "./retrieved";

const event = (name: string, data: object): StoredEvent =>
  ({ name, data, at: "", version: 1, position: 1, schema: 1, metadata: {} }) as StoredEvent;

describe("retrievedFor", () => {
  const passage = {
    n: 1,
    chunk_id: "chk_1",
    document_name: "A",
    text: "t",
    score: 0.5,
    scores: { bm25: 3, odd: "x" },
  };
  const events = [
    event("ContextRetrieved", { turn_id: "trn_1", query: "first", mode: "lexical", passages: [] }),
    event("ContextRetrieved", {
      turn_id: "trn_1",
      query: "second",
      mode: "hybrid",
      passages: [passage],
    }),
    event("ContextRetrieved", { turn_id: "trn_2", query: "other", mode: "hybrid" }),
  ];

  it("finds the last one of the turn", () => {
    expect(retrievedFor(events, "trn_1")).toMatchObject({
      query: "second",
      notice: null,
      passages: [{ n: 1, chunkId: "chk_1", documentName: "A", page: null, scores: { bm25: 3 } }],
    });
  });

  it("has nothing where nothing was searched", () => {
    expect(retrievedFor(events, "trn_3")).toBeNull();
    expect(retrievedFor(events, "trn_2")?.passages).toEqual([]);
  });
});
