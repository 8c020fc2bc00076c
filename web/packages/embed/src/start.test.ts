import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MedeaCommand } from "./index.ts";
import type { LoaderWelcome, ToFrame, ToHost } from "./protocol.ts";
import { readableOn, readConfig, start } from "./start.ts";

/** Waits for a state, however busy the machine. */
const soon = <T>(look: () => T): Promise<T> => vi.waitFor(look, 60_000);

const ORIGIN = "https://widget.example";

function script(data: Record<string, string> = {}): HTMLScriptElement {
  const element = document.createElement("script");
  element.setAttribute("src", `${ORIGIN}/embed.js`);
  Object.assign(element.dataset, { agent: "demo", key: "pk_1", ...data });
  return element;
}

const host = () => document.querySelector("medea-chat") as HTMLElement;
const inside = <T extends Element>(selector: string) =>
  host().shadowRoot?.querySelector<T>(selector) as T;
const medea = (...call: unknown[]) =>
  (window.Medea as unknown as (...args: unknown[]) => unknown)(...call);

/** Greet the loader the way the frame does, and answer with the frame's end of the line. */
function greet(origin = ORIGIN, data: unknown = { medea: "hello" }) {
  const contentWindow = { postMessage: vi.fn() };
  Object.defineProperty(inside("iframe"), "contentWindow", { value: contentWindow });
  const event = new MessageEvent("message", { data, origin });
  Object.defineProperty(event, "source", { value: contentWindow });
  window.dispatchEvent(event);
  return contentWindow.postMessage.mock.calls[0] as
    | [LoaderWelcome, string, [MessagePort]]
    | undefined;
}

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  document.body.replaceChildren();
  window.Medea = undefined;
});
afterEach(() => {
  if (window.Medea) medea("shutdown");
});

describe("the loader", () => {
  it("puts a closed launcher on the page and fetches no chat", () => {
    start(script());
    expect(inside("button").getAttribute("aria-expanded")).toBe("false");
    expect(inside("iframe")).toBeNull();
  });

  it("makes the frame at its own origin when opened, and closes on Escape", () => {
    start(script({ lang: "de" }));
    inside<HTMLButtonElement>("button").click();
    const frame = inside<HTMLIFrameElement>("iframe");
    const address = new URL(frame.src);
    expect(address.origin + address.pathname).toBe(`${ORIGIN}/widget`);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      agent: "demo",
      key: "pk_1",
      lang: "de",
    });
    expect(address.hash).toBe(`#o=${encodeURIComponent(location.origin)}`);
    expect(frame.getAttribute("sandbox")).toContain("allow-scripts");
    expect(host().hasAttribute("data-open")).toBe(true);
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(host().hasAttribute("data-open")).toBe(false);
  });

  it("hands the line only to the frame's own origin and only to its greeting", () => {
    start(script());
    medea("open");
    expect(greet("https://evil.example")).toBeUndefined();
    medea("shutdown");
    window.Medea = undefined;
    start(script());
    medea("open");
    expect(greet(ORIGIN, { medea: "other" })).toBeUndefined();
  });

  it("gives the resume token and what waited over the line, to an exact origin", async () => {
    localStorage.setItem("medea:demo:resume", "token");
    start(script());
    medea("ask", "Which tent?");
    const answer = greet();
    expect(answer?.[0]).toMatchObject({ medea: "port", resume: "token", opened: true });
    expect(answer?.[1]).toBe(ORIGIN);
    const port = answer?.[2][0] as MessagePort;
    const heard: ToFrame[] = [];
    port.onmessage = (event) => heard.push(event.data);
    await soon(() => {
      expect(heard.map((message) => message.type)).toEqual(["open", "ask"]);
    });
    const say = (message: ToHost) => port.postMessage(message);
    say({ type: "resume", token: "next" });
    say({
      type: "look",
      look: { accent: "#123456", onAccent: "#ffffff", position: "left", label: "Ask us" },
    });
    await soon(() => expect(host().dataset.side).toBe("left"));
    expect(localStorage.getItem("medea:demo:resume")).toBe("next");
    expect(inside("button").getAttribute("aria-label")).toBe("Ask us");
    expect(host().style.getPropertyValue("--c")).toBe("#123456");
  });

  it("says who the visitor is before the frame asks, and when it changes", async () => {
    start(script({ identityToken: "signed" }));
    medea("open");
    const answer = greet();
    expect(answer?.[0].identity).toBe("signed");
    const port = answer?.[2][0] as MessagePort;
    const heard: ToFrame[] = [];
    port.onmessage = (event) => heard.push(event.data);
    const refused = vi.fn();
    medea("on", "unidentified", refused);
    port.postMessage({ type: "unidentified", code: "expired" });
    await soon(() => expect(refused.mock.calls[0]?.[0]).toMatchObject({ code: "expired" }));
    medea("identify", "signed again");
    await soon(() => expect(heard).toContainEqual({ type: "identify", token: "signed again" }));
  });

  it("knows the visitor that was named before the script came, and forgets them on shutdown", () => {
    window.Medea = Object.assign(() => {}, {
      q: [["open"], ["identify", "signed"]],
    }) as unknown as MedeaCommand;
    start(script());
    expect(greet()?.[0].identity).toBe("signed");
    medea("shutdown");
    start(script());
    medea("open");
    expect(greet()?.[0].identity).toBeNull();
  });

  it("counts what came while closed, and forgets it when opened", async () => {
    start(script());
    medea("open");
    const port = greet()?.[2][0] as MessagePort;
    medea("close");
    const counts: unknown[] = [];
    medea("on", "unread", (detail: { count: number }) => counts.push(detail.count));
    port.postMessage({ type: "unread", count: 2 });
    await soon(() => expect(inside("b").textContent).toBe("2"));
    expect(counts).toEqual([2]);
    medea("open");
    expect(inside("b").textContent).toBe("");
  });

  it("carries out the commands that waited for it, in order", () => {
    const opened = vi.fn();
    window.Medea = Object.assign(() => {}, {
      q: [["on", "open", opened], ["set", { label: "Hello" }], ["open"]],
    }) as unknown as MedeaCommand;
    start(script());
    expect(opened).toHaveBeenCalledOnce();
    expect(inside("button").getAttribute("aria-label")).toBe("Hello");
  });

  it("is open again on the next page of the same tab", () => {
    start(script());
    medea("open");
    host().remove();
    window.Medea = undefined;
    start(script());
    expect(host().hasAttribute("data-open")).toBe(true);
  });

  it("leaves nothing behind when shut down", () => {
    localStorage.setItem("medea:demo:resume", "token");
    start(script());
    medea("open");
    medea("shutdown");
    expect(host()).toBeNull();
    expect(window.Medea).toBeUndefined();
    expect(localStorage.getItem("medea:demo:resume")).toBeNull();
  });

  it("lets attributes win over the agent's look", () => {
    const config = readConfig(script({ accent: "#ffee00", position: "left", label: "Hi" }));
    expect(config.fixed).toEqual({
      accent: "#ffee00",
      onAccent: "#000",
      position: "left",
      label: "Hi",
    });
    expect(readableOn("#102030")).toBe("#fff");
  });
});
