/**
 * What the loader on the host page and the chat in the frame say to one another.
 *
 * The frame greets its parent at the exact origin it was told in `#o=`; the loader checks the sender's
 * window and origin and answers with one end of a MessageChannel. Everything after goes over that
 * channel, so no other script on the page can listen or speak.
 */
export interface FrameGreeting {
  medea: "hello";
}

export interface LoaderWelcome {
  medea: "port";
  /** Opens this visitor's conversation where the frame's own cookie does not come back. */
  resume: string | null;
  /** Says who the visitor is, by a token that the tenant's server signed. */
  identity: string | null;
  opened: boolean;
  settings: MedeaSettings;
}

/** From the host page to the chat. */
export type ToFrame =
  | { type: "open"; focus: boolean }
  | { type: "close" }
  | { type: "ask"; text: string }
  | { type: "identify"; token: string | null }
  | { type: "set"; settings: MedeaSettings }
  | { type: "shutdown" };

/** From the chat to the host page. */
export type ToHost =
  | { type: "close" }
  | { type: "resume"; token: string | null }
  | { type: "look"; look: LauncherLook }
  | { type: "unread"; count: number }
  | { type: "unidentified"; code: string }
  | { type: "message"; role: "user" | "assistant" };

export interface LauncherLook {
  accent: string;
  onAccent: string;
  position: "left" | "right";
  label: string;
}

/** What `Medea('set', …)` may change; what is left out stays as it is. */
export interface MedeaSettings {
  theme?: "auto" | "light" | "dark";
  position?: "left" | "right";
  /** What the launcher is called, for people who cannot see it and as its tooltip. */
  label?: string;
  /** Take the launcher away and bring it back; an open chat stays open. */
  hidden?: boolean;
}

/** What `Medea('on', …)` may listen to, and what the listener gets. */
export interface MedeaEvents {
  ready: undefined;
  open: undefined;
  close: undefined;
  unread: { count: number };
  /** The identity token was refused (it may have run out): sign another and `identify` with it. */
  unidentified: { code: string };
  message: { role: "user" | "assistant" };
}
