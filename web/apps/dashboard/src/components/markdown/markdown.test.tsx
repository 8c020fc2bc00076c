// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { decodeEntities } from "./entities";
import { Markdown } from "./markdown";
import { safeHref } from "./safe-href";

afterEach(cleanup);

describe("safeHref", () => {
  it.each([
    ["https://example.com/a?b", true],
    ["mailto:a@example.com", true],
    ["/relative", true],
    ["javascript:alert(1)", false],
    ["JaVaScRiPt:alert(1)", false],
    [" javascript:alert(1)", false],
    ["java\nscript:alert(1)", false],
    ["data:text/html,x", false],
    ["vbscript:x", false],
    ["http://[", false],
  ])("%j", (href, isAllowed) => expect(safeHref(href) !== null).toBe(isAllowed));
});

describe("decodeEntities", () => {
  it("reads what it knows and leaves the rest", () => {
    expect(decodeEntities("a &amp; b &#233; &#x41; &unknown; & &#0;")).toBe(
      "a & b é A &unknown; & \ufffd",
    );
  });
});

describe("Markdown", () => {
  it("renders structure", () => {
    const { container } = render(
      <Markdown
        text={
          "# Title\n\n- **one**\n- [two](https://example.com)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nx\n```"
        }
      />,
    );
    expect(container.querySelector("h3")?.textContent).toBe("Title");
    expect(container.querySelectorAll("li")).toHaveLength(2);
    expect(container.querySelector("a")?.getAttribute("rel")).toContain("noopener");
    expect(container.querySelectorAll("td")).toHaveLength(2);
    expect(container.querySelector("pre")?.textContent).toBe("x");
  });

  it("runs and loads nothing of what a model writes", () => {
    const text =
      "<img src=x onerror=alert(1)> [x](javascript:alert(1)) ![p](https://e.com/p.png)\n\n<script>alert(1)</script>";
    const { container } = render(<Markdown text={text} />);
    expect(container.querySelector("img,script")).toBeNull();
    expect(container.textContent).toContain("<script>");
    const targets = [...container.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    expect(targets).toEqual(["https://e.com/p.png"]);
  });
});

describe("markers", () => {
  const citations = { numbers: new Set([1, 2]), draw: (n: number) => <b>cite {n}</b> };

  it("are drawn where they are known, never inside code", () => {
    const text = "Free [1][2], also [9]. `list[1]`\n\n- in a list [2]";
    const { container } = render(<Markdown text={text} citations={citations} />);
    expect([...container.querySelectorAll("b")].map((cite) => cite.textContent)).toEqual([
      "cite 1",
      "cite 2",
      "cite 2",
    ]);
    expect(container.textContent).toContain("also [9]");
    expect(container.querySelector("code")?.textContent).toBe("list[1]");
  });
});

describe("marked stretches", () => {
  const marksOf = (text: string, ...stretches: string[]) => {
    const ranges = stretches.map((stretch): [number, number] => {
      const from = text.indexOf(stretch);
      return [from, from + stretch.length];
    });
    const { container } = render(<Markdown text={text} marked={ranges} />);
    return [...container.querySelectorAll("mark")].map((mark) => mark.textContent);
  };

  it("are found within paragraphs, emphasis, lists and tables", () => {
    expect(marksOf("One is so. Two is **not** so. Three is.", "Two is **not** so.")).toEqual([
      "Two is ",
      "not",
      " so.",
    ]);
    expect(marksOf("- first\n- second one\n  - third one", "second one", "third one")).toEqual([
      "second one",
      "third one",
    ]);
    expect(marksOf("| a | b |\n|---|---|\n| 1 | 2 |", "2")).toEqual(["2"]);
  });

  it("takes the right one of equal texts", () => {
    const text = "Same. Same.";
    const { container } = render(<Markdown text={text} marked={[[6, 11]]} />);
    expect(container.querySelector("mark")?.previousSibling?.textContent).toBe("Same. ");
  });
});
