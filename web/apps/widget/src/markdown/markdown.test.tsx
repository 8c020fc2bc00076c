import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyCache, mendTail, readBlocks } from "./blocks.ts";
import { MarkdownView } from "./MarkdownView.tsx";
import { decodeEntities, safeHref } from "./text.ts";

let root: HTMLElement;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function draw(text: string, isStreaming = false): HTMLElement {
  render(<MarkdownView text={text} isStreaming={isStreaming} />, root);
  return root;
}

const SAMPLE = `# Title

A *first* paragraph with \`code\` and a [link](https://example.com).

- one
- two
  - nested
- [x] done

1. first
2. second

| a | b |
|---|--:|
| 1 | **2** |

\`\`\`js
if (a < b) { alert("x"); }
\`\`\`

> quoted

---

The end &amp; more.`;

describe("MarkdownView", () => {
  it("draws blocks and inline marks as elements", () => {
    draw(SAMPLE);
    expect(root.querySelector("h2.h1")?.textContent).toBe("Title");
    expect(root.querySelector("em")?.textContent).toBe("first");
    expect(root.querySelectorAll("ul > li")).toHaveLength(4);
    expect(root.querySelector("td strong")?.textContent).toBe("2");
    expect(root.querySelector("pre code")?.textContent).toBe('if (a < b) { alert("x"); }');
    expect(root.querySelector("blockquote")?.textContent).toBe("quoted");
    expect(root.querySelector(".prose > p:last-child")?.textContent).toBe("The end & more.");
  });

  it.each([
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox)",
    "![x](https://example.com/track.png)",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "**<iframe src=//evil.example></iframe>**",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <b onclick=alert(1)>x</b> |",
    "[ref]\n\n[ref]: javascript:alert(1)",
    '<https://example.com/"onmouseover="alert(1)>',
  ])("lets nothing become more than text: %s", (text) => {
    draw(text);
    expect(root.querySelector("script, img, iframe, svg[onload], [onerror], [onclick]")).toBeNull();
    for (const link of root.querySelectorAll("a")) {
      expect(link.href).toMatch(/^https?:/);
      expect(link.getAttributeNames().sort()).toEqual(["href", "rel", "target"]);
    }
  });

  it("opens links elsewhere and without a way back", () => {
    const link = draw("[x](https://example.com)").querySelector("a");
    expect(link?.target).toBe("_blank");
    expect(link?.rel).toBe("noopener noreferrer nofollow ugc");
  });

  it("shows pictures as links and fetches none", () => {
    const link = draw("![a cat](https://example.com/cat.png)").querySelector("a");
    expect(link?.textContent).toBe("Image: a cat");
  });

  it("ends with the same elements however the text arrived", () => {
    const whole = draw(SAMPLE).innerHTML;
    for (const step of [1, 3, 17]) {
      render(null, root);
      for (let at = 0; at < SAMPLE.length; at += step) draw(SAMPLE.slice(0, at), true);
      expect(draw(SAMPLE).innerHTML).toBe(whole);
    }
  });
});

describe("readBlocks", () => {
  it("reads a long streaming text in pieces into what the whole would give", () => {
    const text = Array.from({ length: 40 }, () => SAMPLE).join("\n\n");
    const cache = emptyCache();
    let blocks = readBlocks("", true, cache);
    for (let at = 0; at <= text.length; at += 97)
      blocks = readBlocks(text.slice(0, at), true, cache);
    blocks = readBlocks(text, true, cache);
    expect(blocks.map((block) => block.raw).join("")).toBe(text);
    expect(cache.frozen.length).toBeGreaterThan(300);
    expect(new Set(blocks.map((block) => block.key)).size).toBe(blocks.length);
  });

  it("begins anew when the text did", () => {
    const cache = emptyCache();
    readBlocks("one\n\ntwo\n\nthree\n\nfour", true, cache);
    const again = readBlocks("other", true, cache);
    expect(again.map((block) => block.raw)).toEqual(["other"]);
  });
});

describe("mendTail", () => {
  it.each([
    ["a **bold", "a **bold**"],
    ["a **", "a "],
    ["a `code", "a `code`"],
    ["see [the shop](https://exa", "see the shop"],
    ["see [the sh", "see the sh"],
    ["done **b** and `c`", "done **b** and `c`"],
  ])("closes what is open: %s", (text, mended) => expect(mendTail(text)).toBe(mended));
});

describe("text", () => {
  it("decodes entities and leaves what is none", () => {
    expect(decodeEntities("a &lt;b&gt; &#65;&#x42; &nope; & &#0;")).toBe(
      "a <b> AB &nope; & \ufffd",
    );
  });

  it("lets only known absolute addresses be links", () => {
    expect(safeHref("mailto:a@b.example")).toBe("mailto:a@b.example");
    for (const href of ["javascript:1", "//evil", "/path", "ftp://x", "blob:x", "java\tscript:1"]) {
      expect(safeHref(href)).toBeNull();
    }
  });
});
