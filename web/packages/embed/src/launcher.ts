import { STYLES } from "./styles.ts";

export interface Launcher {
  host: HTMLElement;
  button: HTMLButtonElement;
  panel: HTMLElement;
  status: HTMLElement;
  setLabel(label: string): void;
  setBadge(count: number): void;
}

const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M12 4c-5 0-9 3-9 7 0 2 1 4 3 5l0 4 4-2c6 1 11-2 11-7 0-4-4-7-9-7z";
const CHEVRON = "m6 10 6 6 6-6";

function icon(path: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** A page's `style-src` cannot forbid a constructed sheet; the element is for browsers without them. */
function addStyles(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style");
    style.textContent = STYLES;
    root.append(style);
  }
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name] ?? "");
  return made;
}

/** Build the `<medea-chat>` element: the button, and the panel that the frame comes into. */
export function createLauncher(): Launcher {
  if (!customElements.get("medea-chat")) {
    customElements.define("medea-chat", class extends HTMLElement {});
  }
  const host = document.createElement("medea-chat");
  const root = host.attachShadow({ mode: "open" });
  addStyles(root);
  const button = element("button", {
    type: "button",
    "aria-haspopup": "dialog",
    "aria-expanded": "false",
  });
  const badge = element("b", { "aria-hidden": "true" });
  button.append(icon(BUBBLE), icon(CHEVRON), badge);
  const panel = element("section", { role: "dialog" });
  const status = element("p", { role: "status" });
  panel.append(status);
  root.append(button, panel);
  let label = "";
  let count = 0;
  const rename = () => {
    const unread = count > 0 ? ` (${count} new)` : "";
    button.setAttribute("aria-label", label + unread);
    panel.setAttribute("aria-label", label);
    button.title = label;
  };
  return {
    host,
    button,
    panel,
    status,
    setLabel(next) {
      label = next;
      rename();
    },
    setBadge(next) {
      count = next;
      badge.textContent = next > 0 ? (next > 9 ? "9+" : String(next)) : "";
      rename();
    },
  };
}
