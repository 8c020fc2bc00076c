import { describe, expect, it } from "vitest";
import { plainText } from "./plain-text";

describe("plainText", () => {
  it.each([
    ["takes **3 to 5 days** and _more_", "takes 3 to 5 days and more"],
    ["cut **off in", "cut off in"],
    ["# Title\n\n- one\n- two\n1. three\n> four", "Title one two three four"],
    ["see [the page](https://example.com/a) and `code`", "see the page and code"],
    ["a [cut link](https://exam", "a cut link"],
    ["snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"],
    ["```js\nlet x\n```", "let x"],
    ["", ""],
  ])("%j becomes %j", (markdown, text) => expect(plainText(markdown)).toBe(text));
});
