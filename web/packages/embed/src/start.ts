import { createChat, type EmbedConfig } from "./chat.ts";
import type { MedeaCommand } from "./index.ts";
import type { LauncherLook } from "./protocol.ts";

/** Black or white, whichever reads better on the colour (perceived brightness, ITU-R BT.601). */
export function readableOn(hex: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return (red ?? 0) * 0.299 + (green ?? 0) * 0.587 + (blue ?? 0) * 0.114 > 150 ? "#000" : "#fff";
}

/** What the script element's attributes say. */
export function readConfig(script: HTMLScriptElement): EmbedConfig {
  const {
    agent = "",
    key = "",
    lang,
    position,
    accent,
    label,
    target,
    theme,
    identityToken,
  } = script.dataset;
  const fixed: Partial<LauncherLook> = {};
  if (accent) Object.assign(fixed, { accent, onAccent: readableOn(accent) });
  if (position === "left" || position === "right") fixed.position = position;
  if (label) fixed.label = label;
  return {
    origin: new URL(script.src).origin,
    agent,
    key,
    identity: identityToken ?? null,
    lang: lang ?? document.documentElement.lang,
    fixed,
    settings: theme === "light" || theme === "dark" ? { theme } : {},
    target: target ? document.querySelector(target) : null,
  };
}

/** Put the chat on the page and `Medea` on the window; commands that waited are carried out in order. */
export function start(script: HTMLScriptElement): void {
  const { preload, open } = script.dataset;
  const { mount, ...verbs } = createChat(readConfig(script));
  const waiting = window.Medea?.q ?? [];
  const known: Record<string, unknown> = {
    ...verbs,
    open: () => verbs.open(),
    shutdown() {
      verbs.shutdown();
      window.Medea = undefined;
    },
  };
  const command = (name: string, ...details: unknown[]) => {
    const verb = known[name];
    if (typeof verb === "function") return verb(...details);
    console.warn(`Medea has no command ${name}`);
  };
  window.Medea = Object.assign(command, { version: 1 }) as MedeaCommand;
  for (const call of waiting) command(...(Array.from(call) as [string]));
  if (open !== undefined) verbs.open(false);
  else if (preload !== undefined) (window.requestIdleCallback ?? setTimeout)(() => mount());
}
