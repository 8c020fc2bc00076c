import { describe, expect, it } from "vitest";
import { anAgent } from "../../../testing/agent";
import { copyName, duplicateOf } from "./duplicate";

describe("a copy of an agent", () => {
  it("gets a name that is free", () => {
    expect(copyName("Support", ["Support"])).toBe("Support copy");
    expect(copyName("Support", ["Support", "Support copy"])).toBe("Support copy 2");
    expect(copyName("Support copy", ["Support copy"])).toBe("Support copy 2");
  });

  it("has the draft but neither identity nor publication", () => {
    const copy = duplicateOf(anAgent({ greeting: "Hi", published_version: 4 }), "New");
    expect(copy).toMatchObject({ name: "New", greeting: "Hi" });
    expect(copy).not.toHaveProperty("id");
    expect(copy).not.toHaveProperty("slug");
    expect(copy).not.toHaveProperty("published_version");
    expect(copy.appearance).not.toHaveProperty("on_accent");
  });
});
