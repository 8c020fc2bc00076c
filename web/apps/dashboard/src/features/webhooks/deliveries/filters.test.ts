import { describe, expect, it } from "vitest";
import { outcomeOf, readDeliveryFilters } from "./filters";

describe("the filters of deliveries", () => {
  it("take what is known and drop the rest", () => {
    expect(readDeliveryFilters({ state: "failed", delivery: "dlv_1", x: 1 })).toEqual({
      state: "failed",
      delivery: "dlv_1",
    });
    expect(readDeliveryFilters({ state: "lost", delivery: ["dlv_1"] })).toEqual({});
  });

  it("say what became of a delivery", () => {
    expect(outcomeOf({ last_status: null, last_error: null })).toBe("Not sent yet");
    expect(outcomeOf({ last_status: 204, last_error: null })).toBe("Answered 204");
    expect(outcomeOf({ last_status: 500, last_error: "No." })).toBe("No.");
  });
});
