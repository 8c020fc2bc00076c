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
