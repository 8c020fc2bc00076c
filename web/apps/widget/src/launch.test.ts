import { describe, expect, it } from "vitest";
import { readLaunch } from "./launch.ts";
import { chooseLanguage, directionOf } from "./strings/index.ts";

const at = (address: string) => new URL(address) as unknown as Location;

describe("readLaunch", () => {
  it("is a frame only inside a page that said who it is", () => {
    const address =
      "https://w.example/widget?agent=demo&key=pk_1&lang=de#o=https%3A%2F%2Fshop.example";
    expect(readLaunch(at(address), true)).toMatchObject({
      agent: "demo",
      key: "pk_1",
      mode: "frame",
      hostOrigin: "https://shop.example",
    });
    expect(readLaunch(at(address), true).languages[0]).toBe("de");
    expect(readLaunch(at(address), false).mode).toBe("page");
    expect(readLaunch(at("https://w.example/widget?agent=demo"), true).mode).toBe("page");
  });

  it("previews only for an origin that is named", () => {
    expect(
      readLaunch(at("https://w.example/widget?preview=1#o=https://d.example"), true).mode,
    ).toBe("preview");
    expect(readLaunch(at("https://w.example/widget?preview=1"), true).mode).toBe("page");
    expect(
      readLaunch(at("https://w.example/widget?preview=1#o=https://d.example"), false).mode,
    ).toBe("page");
  });
});

describe("languages", () => {
  it("takes the first language there are words for", () => {
    expect(chooseLanguage(["xx-YY", "en-GB"])).toBe("en");
    expect(chooseLanguage([])).toBe("en");
  });

  it("follows the page's direction, else its language", () => {
    expect(directionOf(["ar-EG"], null)).toBe("rtl");
    expect(directionOf(["de"], null)).toBe("ltr");
    expect(directionOf(["ar"], "ltr")).toBe("ltr");
    expect(directionOf(["en"], "rtl")).toBe("rtl");
    expect(directionOf(["en"], "sideways")).toBe("ltr");
  });
});
