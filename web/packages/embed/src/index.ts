/**
 * Types of the `Medea` command that `embed.js` puts on the page.
 *
 * The script is loaded by `<script async src=".../embed.js" data-key="pk_..." data-agent="slug">`. To give
 * commands before it has arrived, put the queue on the page first:
 * `window.Medea = window.Medea || function () { (Medea.q = Medea.q || []).push(arguments) }`.
 */
import type { MedeaEvents, MedeaSettings } from "./protocol.ts";

export type { LauncherLook, MedeaEvents, MedeaSettings } from "./protocol.ts";

export interface MedeaCommand {
  /** Show the chat and move the focus into it. */
  (command: "open"): void;
  (command: "close"): void;
  (command: "toggle"): void;
  /** Open the chat and ask this in the visitor's name. */
  (command: "ask", text: string): void;
  /** Tell who the visitor is, by a token your server signed; null makes them anonymous again. */
  (command: "identify", token: string | null): void;
  (command: "set", settings: MedeaSettings): void;
  /** Listen; call what it returns to stop. */
  <E extends keyof MedeaEvents>(
    command: "on",
    event: E,
    listener: (detail: MedeaEvents[E]) => void,
  ): () => void;
  /** Take the chat off the page and forget this visitor. */
  (command: "shutdown"): void;
  /** Commands given before the script arrived. */
  q?: ArrayLike<unknown>[];
  /** Set once the script has arrived. */
  version?: number;
}

declare global {
  interface Window {
    Medea?: MedeaCommand | undefined;
  }
}
