import { describe, expect, it } from "vitest";
import { continueList } from "./list-typing";
import { move } from "./rows";

const enterAtEnd = (text: string) => {
  const edit = continueList(text, text.length, text.length);
  return edit ? text.slice(0, edit.from) + edit.text + text.slice(edit.to) : null;
};

describe("Enter in a list", () => {
  it("begins the next item", () => {
    expect(enterAtEnd("- one")).toBe("- one\n- ");
    expect(enterAtEnd("a\n  * two")).toBe("a\n  * two\n  * ");
    expect(enterAtEnd("9. nine")).toBe("9. nine\n10. ");
    expect(enterAtEnd("1) x")).toBe("1) x\n2) ");
  });

  it("ends the list on an empty item", () => {
    expect(enterAtEnd("- one\n- ")).toBe("- one\n");
  });

  it("leaves other lines and selections to the browser", () => {
    expect(enterAtEnd("plain")).toBeNull();
    expect(enterAtEnd("-not a list")).toBeNull();
    expect(continueList("- one", 0, 3)).toBeNull();
  });
});

describe("move", () => {
  it("puts a row elsewhere and leaves the rest in order", () => {
    expect(move(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(move(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  });

  it("does nothing beyond the ends", () => {
    expect(move(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(move(["a", "b"], 1, 2)).toEqual(["a", "b"]);
  });
});
