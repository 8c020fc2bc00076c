import type { FrameGreeting, LoaderWelcome, ToFrame, ToHost } from "@medea/embed/protocol";

/** The page around the frame, reached only over the channel its loader handed us. */
export interface Host {
  tell(message: ToHost): void;
}

/**
 * Greet the page around us and hand on what its loader says.
 *
 * The greeting goes to the one origin we were told; an answer counts only from that window and origin.
 */
export function connectHost(
  origin: string,
  onWelcome: (welcome: LoaderWelcome) => void,
  onMessage: (message: ToFrame) => void,
): Host {
  let port: MessagePort | null = null;
  const waiting: ToHost[] = [];
  addEventListener("message", (event: MessageEvent<LoaderWelcome>) => {
    if (event.source !== parent || event.origin !== origin) return;
    if (event.data?.medea !== "port" || !event.ports[0]) return;
    port = event.ports[0];
    port.onmessage = (message: MessageEvent<ToFrame>) => onMessage(message.data);
    onWelcome(event.data);
    for (const message of waiting.splice(0)) port.postMessage(message);
  });
  parent.postMessage({ medea: "hello" } satisfies FrameGreeting, origin);
  return {
    tell(message) {
      if (port) port.postMessage(message);
      else waiting.push(message);
    },
  };
}

/** Opened as a page of its own there is nobody to tell. */
export const noHost: Host = { tell: () => {} };
