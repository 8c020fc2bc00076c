import type { LoaderWelcome, ToFrame, ToHost } from "./protocol.ts";

export interface FrameOptions {
  origin: string;
  agent: string;
  key: string;
  lang: string;
}

/** Safe together because the frame's origin is never the page's: see the platform's origin rule. */
const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";

/** The frame with the chat in it. */
export function createFrame(options: FrameOptions, title: string): HTMLIFrameElement {
  const { origin, agent, key, lang } = options;
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.allow = "clipboard-write";
  frame.referrerPolicy = "strict-origin";
  frame.setAttribute("sandbox", SANDBOX);
  const dir = document.dir;
  const query = new URLSearchParams({
    agent,
    ...(key && { key }),
    ...(lang && { lang }),
    ...(dir && { dir }),
  });
  frame.src = `${origin}/widget?${query}#o=${encodeURIComponent(location.origin)}`;
  return frame;
}

export interface FrameLine {
  /** What is sent before the line stands is kept and sent then. */
  send(message: ToFrame): void;
  close(): void;
}

/**
 * The private line to the frame, made when the frame greets us.
 *
 * @param welcome what the frame is told first.
 * @param receive everything it says afterwards.
 */
export function createLine(
  frame: () => HTMLIFrameElement | null,
  origin: string,
  welcome: () => Omit<LoaderWelcome, "medea">,
  receive: (message: ToHost) => void,
): FrameLine {
  let port: MessagePort | null = null;
  const waiting: ToFrame[] = [];
  const listen = ({ source, origin: from, data }: MessageEvent) => {
    const other = frame()?.contentWindow;
    if (!other || source !== other || from !== origin || data?.medea !== "hello") return;
    const { port1, port2 } = new MessageChannel();
    port?.close();
    port = port1;
    port1.onmessage = (message: MessageEvent<ToHost>) => receive(message.data);
    other.postMessage({ medea: "port", ...welcome() } satisfies LoaderWelcome, origin, [port2]);
    for (const message of waiting.splice(0)) port1.postMessage(message);
  };
  addEventListener("message", listen);
  return {
    send(message) {
      if (port) port.postMessage(message);
      else waiting.push(message);
    },
    close() {
      removeEventListener("message", listen);
      port?.close();
    },
  };
}
