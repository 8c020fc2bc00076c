import { useEffect } from "react";
import type { MedeaSettings } from "./protocol.ts";
import "./index.ts";

export interface MedeaChatProps extends MedeaSettings {
  /** Origin that serves `embed.js`, e.g. `https://chat.example.com`. */
  origin: string;
  agent: string;
  publishableKey: string;
  /** A token your server signed for the visitor who is logged in. */
  identity?: string | null;
  lang?: string;
  onOpen?: () => void;
  onClose?: () => void;
}

/** The chat as a React component: there while it is mounted, gone with it. Renders nothing itself. */
export function MedeaChat(props: MedeaChatProps): null {
  const { origin, agent, publishableKey, identity, lang, onOpen, onClose } = props;
  const { theme, position, label, hidden } = props;

  useEffect(() => {
    if (window.Medea === undefined) {
      const queue = ((...args: unknown[]) => {
        queue.q.push(args);
      }) as unknown as NonNullable<Window["Medea"]> & { q: unknown[][] };
      queue.q = [];
      window.Medea = queue;
    }
    const script = document.createElement("script");
    script.async = true;
    script.src = `${origin}/embed.js`;
    Object.assign(script.dataset, { agent, key: publishableKey, ...(lang ? { lang } : {}) });
    document.head.append(script);
    return () => {
      script.remove();
      window.Medea?.("shutdown");
      window.Medea = undefined;
    };
  }, [origin, agent, publishableKey, lang]);

  useEffect(() => {
    if (identity !== undefined) window.Medea?.("identify", identity);
  }, [identity]);

  useEffect(() => {
    window.Medea?.("set", {
      ...(theme ? { theme } : {}),
      ...(position ? { position } : {}),
      ...(label ? { label } : {}),
      ...(hidden === undefined ? {} : { hidden }),
    });
  }, [theme, position, label, hidden]);

  useEffect(() => (onOpen ? window.Medea?.("on", "open", onOpen) : undefined), [onOpen]);
  useEffect(() => (onClose ? window.Medea?.("on", "close", onClose) : undefined), [onClose]);
  return null;
}
