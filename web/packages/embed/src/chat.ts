import { createFrame, createLine, type FrameOptions } from "./frame.ts";
import { createLauncher } from "./launcher.ts";
import { createMemory } from "./memory.ts";
import type { LauncherLook, MedeaEvents, MedeaSettings, ToHost } from "./protocol.ts";

export interface EmbedConfig extends FrameOptions {
  /** Attributes of the script element; they win over what the agent's appearance says. */
  fixed: Partial<LauncherLook>;
  settings: MedeaSettings;
  /** Says who the visitor is; null for somebody unknown. */
  identity: string | null;
  /** Where an inline chat goes; null for the floating launcher. */
  target: Element | null;
}

const DEFAULT_LABEL = "Chat with us";
const FAILED = "The chat could not be loaded. Please try again later.";
const PATIENCE_MS = 15_000;
const PHONE_WIDTH = 480;

type Listener = (detail: unknown) => void;

/** The look of the last visit, so that the launcher does not change colour when the frame comes. */
function readLook(text: string | null): Partial<LauncherLook> {
  try {
    return JSON.parse(text ?? "{}") as Partial<LauncherLook>;
  } catch {
    return {};
  }
}

/**
 * Put the chat on the host page: launcher, panel, and the frame, made when it is first wanted.
 *
 * @returns the verbs of the `Medea` command.
 */
export function createChat(config: EmbedConfig) {
  const { origin, fixed, target } = config;
  const { host, button, panel, status, setLabel, setBadge } = createLauncher();
  const memory = createMemory(config.agent, () => localStorage);
  const tab = createMemory(config.agent, () => sessionStorage);
  const listeners: Record<string, Set<Listener>> = {};
  const gone = new AbortController();
  const settings = config.settings;
  let frame: HTMLIFrameElement | null = null;
  let opened = false;
  let warmed = false;

  const emit = <E extends keyof MedeaEvents>(event: E, detail?: MedeaEvents[E]) => {
    for (const listener of listeners[event] ?? []) {
      try {
        listener(detail);
      } catch (error) {
        // A listener of the page must not break the chat, nor the other way round.
        console.error(error);
      }
    }
  };

  const dress = (look: Partial<LauncherLook>) => {
    const { accent, onAccent, position, label } = { ...look, ...fixed, ...settings };
    if (accent) host.style.setProperty("--c", accent);
    if (onAccent) host.style.setProperty("--f", onAccent);
    if (position) host.dataset.side = position;
    if (label) setLabel(label);
    const theme = settings.theme ?? "auto";
    const dark =
      theme === "auto" ? matchMedia("(prefers-color-scheme:dark)").matches : theme === "dark";
    host.toggleAttribute("data-dark", dark);
    host.toggleAttribute("data-hidden", settings.hidden === true);
  };

  const receive = (message: ToHost) => {
    if (message.type === "close") close();
    else if (message.type === "resume") memory.set("resume", message.token);
    else if (message.type === "look") {
      memory.set("look", JSON.stringify(message.look));
      dress(message.look);
    } else {
      if (message.type === "unread" && !opened) setBadge(message.count);
      emit(message.type, message);
    }
  };

  const welcome = () => {
    host.toggleAttribute("data-ready", true);
    // The listener may want to give commands, which need the line to stand.
    setTimeout(() => emit("ready"));
    return { resume: memory.get("resume"), identity: config.identity, opened, settings };
  };

  const line = createLine(() => frame, origin, welcome, receive);

  /** Spare the visitor a DNS and TLS round when the pointer is on its way to the button. */
  const warm = () => {
    if (warmed) return;
    warmed = true;
    const link = document.createElement("link");
    link.rel = "preconnect";
    link.href = origin;
    document.head.append(link);
  };

  const mount = () => {
    if (frame) return;
    frame = createFrame(config, panel.getAttribute("aria-label") ?? DEFAULT_LABEL);
    panel.append(frame);
    setTimeout(() => {
      if (!host.hasAttribute("data-ready")) status.textContent = FAILED;
    }, PATIENCE_MS);
  };

  /** On phones the panel follows what the keyboard leaves of the screen. */
  const fit = () => {
    const viewport = window.visualViewport;
    if (!viewport || !opened) return;
    panel.style.setProperty("--h", `${viewport.height}px`);
    panel.style.setProperty("--t", `${viewport.offsetTop}px`);
  };

  const show = (next: boolean) => {
    opened = next;
    host.toggleAttribute("data-open", next);
    button.setAttribute("aria-expanded", `${next}`);
    tab.set("open", next ? "1" : null);
    emit(next ? "open" : "close");
  };

  /** `focus`: whether the visitor asked for it just now. */
  const open = (focus = true) => {
    mount();
    if (!opened) show(true);
    setBadge(0);
    fit();
    if (focus) frame?.focus();
    line.send({ type: "open", focus });
  };

  const close = () => {
    if (!opened || target) return;
    show(false);
    line.send({ type: "close" });
    button.focus({ preventScroll: true });
  };

  const toggle = () => (opened ? close() : open());

  button.onclick = toggle;
  button.onpointerenter = button.onfocus = warm;
  const { signal } = gone;
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    },
    { signal },
  );
  for (const change of ["resize", "scroll"]) {
    window.visualViewport?.addEventListener(change, fit, { signal });
  }
  host.toggleAttribute("data-inline", target !== null);
  setLabel(DEFAULT_LABEL);
  dress(readLook(memory.get("look")));
  (target ?? document.body).append(host);
  // The chat stays open from page to page in one tab, except where it would cover the new page.
  if (target || (tab.get("open") && innerWidth > PHONE_WIDTH)) open(false);

  return {
    open,
    close,
    toggle,
    mount,
    ask(text: string) {
      open();
      line.send({ type: "ask", text });
    },
    identify(token: string | null) {
      // Kept for the frame's greeting, so that no session is opened for nobody first.
      config.identity = token;
      line.send({ type: "identify", token });
    },
    set(change: MedeaSettings) {
      Object.assign(settings, change);
      dress({});
      line.send({ type: "set", settings: change });
    },
    on(event: keyof MedeaEvents, listener: Listener) {
      listeners[event] ??= new Set();
      const known = listeners[event].add(listener);
      return () => {
        known.delete(listener);
      };
    },
    shutdown() {
      for (const name of ["resume", "look"]) memory.set(name, null);
      tab.set("open", null);
      gone.abort();
      line.close();
      host.remove();
    },
  };
}
