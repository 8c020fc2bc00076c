import { type ChatState, type ChatStore, NetworkError } from "@medea/chat";
import type { LoaderWelcome, MedeaSettings, ToFrame } from "@medea/embed/protocol";
import type { ConversationParts } from "./components/Chat.tsx";
import { connectHost, type Host, noHost } from "./host.ts";
import type { Launch } from "./launch.ts";
import { isTouch } from "./pointer.ts";
import { readOwn, writeOwn } from "./session/storage.ts";
import type { WidgetSession } from "./session/types.ts";
import { Visitor } from "./session/visitor.ts";
import { applyTheme } from "./theme.ts";

export interface WidgetState {
  phase: "closed" | "opening" | "open" | "unavailable";
  session: WidgetSession | null;
  error: unknown;
  /** Asked before the session stood; sent as soon as it does. */
  pending: string | null;
  /** The conversation and what draws it; null until their chunk has arrived. */
  chat: ChatState | null;
  parts: ConversationParts | null;
  /** Goes up when the writing field should take the focus. */
  focus: number;
}

/** Ties the visitor's session, the conversation and the host page together. */
export class WidgetController {
  store: ChatStore | null = null;
  private readonly visitor: Visitor;
  private readonly host: Host;
  private readonly listeners = new Set<() => void>();
  private state: WidgetState = {
    phase: "closed",
    session: null,
    error: null,
    pending: null,
    chat: null,
    parts: null,
    focus: 0,
  };
  private readonly conversation: Promise<ChatStore>;
  private isVisible = false;
  private unread = 0;
  private theme: MedeaSettings["theme"] | null = null;
  private answering: string | null = null;

  constructor(launch: Launch) {
    const ownToken = `medea:${launch.agent}:resume`;
    this.visitor = new Visitor({
      agent: launch.agent,
      key: launch.key,
      keepResumeToken: (token) => {
        if (launch.mode === "frame") this.host.tell({ type: "resume", token });
        else writeOwn(ownToken, token);
      },
      onSession: (session, isSameVisitor) => this.welcome(session, isSameVisitor),
      onUnidentified: (code) => this.host.tell({ type: "unidentified", code }),
      onFailure: (error) => this.fail(error),
    });
    this.conversation = this.loadConversation(launch.agent);
    if (launch.mode === "frame") {
      this.host = connectHost(
        launch.hostOrigin,
        (welcome) => this.onWelcome(welcome),
        (message) => this.onHostMessage(message),
      );
    } else {
      this.host = noHost;
      this.visitor.resumeToken = readOwn(ownToken);
      this.show(true);
    }
  }

  readonly getState = (): WidgetState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Ask, now or as soon as the session stands. False when an answer is still running. */
  readonly send = (text: string): boolean => {
    if (text.trim() === "") return false;
    if (this.state.phase !== "open") {
      if (this.state.pending !== null) return false;
      this.update({ pending: text.trim() });
      this.start();
      return true;
    }
    const sent = this.store?.send(text) ?? false;
    if (sent) this.host.tell({ type: "message", role: "user" });
    return sent;
  };

  readonly close = (): void => this.host.tell({ type: "close" });

  /** Try again to open the session. */
  readonly start = (): void => {
    if (this.state.phase === "open" || this.state.phase === "opening") return;
    // A chunk that could not be fetched is not asked for again by the browser; a new document is.
    if (this.state.session && !this.store) {
      location.reload();
      return;
    }
    this.update({ phase: "opening", error: null });
    // What goes wrong arrives in `fail`.
    void this.visitor.ensure().catch(() => {});
  };

  readonly startOver = (): void => {
    this.store?.reset();
    this.focusField();
  };

  readonly reload = (): void => {
    const conversation = this.state.session?.conversation;
    if (conversation) void this.store?.load(conversation);
  };

  /**
   * Give the writing field the focus that a button takes with it when it goes. Not on touch screens,
   * where focus brings up the keyboard and hides the answer.
   */
  readonly focusField = (): void => {
    if (!isTouch()) this.update({ focus: this.state.focus + 1 });
  };

  private onWelcome(welcome: LoaderWelcome): void {
    this.visitor.resumeToken ??= welcome.resume;
    void this.visitor.identify(welcome.identity);
    this.theme = welcome.settings.theme ?? null;
    if (this.theme) document.documentElement.dataset.theme = this.theme;
    if (welcome.opened) this.show(false);
    // Made before it is opened (preloaded), the frame already tells the launcher how to look.
    else this.start();
  }

  private onHostMessage(message: ToFrame): void {
    if (message.type === "open") this.show(message.focus);
    else if (message.type === "close") this.isVisible = false;
    else if (message.type === "ask") this.send(message.text);
    else if (message.type === "identify") void this.visitor.identify(message.token);
    else if (message.type === "set" && message.settings.theme) {
      this.theme = message.settings.theme;
      document.documentElement.dataset.theme = this.theme;
    }
  }

  private show(focus: boolean): void {
    this.isVisible = true;
    this.unread = 0;
    this.start();
    if (focus) this.focusField();
  }

  private welcome(session: WidgetSession, isSameVisitor: boolean): void {
    const { appearance } = session.config;
    applyTheme(appearance, this.theme);
    this.host.tell({
      type: "look",
      look: {
        accent: appearance.accent,
        onAccent: appearance.on_accent,
        position: appearance.position,
        label: appearance.launcher_label,
      },
    });
    this.update({ phase: "opening", session, error: null });
    void this.conversation
      .then((store) => this.showConversation(store, session, isSameVisitor))
      .catch((error) => this.update({ phase: "unavailable", error: new NetworkError(error) }));
  }

  /** Only now is there a conversation to send to, so only now what was asked early is sent. */
  private async showConversation(
    store: ChatStore,
    session: WidgetSession,
    isSameVisitor: boolean,
  ): Promise<void> {
    if (!isSameVisitor) {
      if (session.conversation) await store.load(session.conversation);
      else store.reset();
    }
    const { pending } = this.state;
    this.update({ phase: "open", pending: null });
    if (pending !== null) this.send(pending);
  }

  private async loadConversation(agent: string): Promise<ChatStore> {
    const parts = await import("./conversation/index.ts");
    const store = parts.createConversation(agent, this.visitor);
    store.watchNetwork();
    store.subscribe(() => {
      this.update({ chat: store.getState() });
      this.watchAnswer(store.getState());
    });
    this.store = store;
    this.update({ parts, chat: store.getState() });
    // Text must be readable before it is beautiful: the renderer comes when all else is there.
    (window.requestIdleCallback ?? setTimeout)(() => void parts.loadMarkdown().catch(() => {}));
    return store;
  }

  private fail(error: unknown): void {
    // A session that cannot be renewed leaves the conversation on screen; only the first is needed.
    if (this.state.session === null) this.update({ phase: "unavailable", error });
  }

  /** Tell the host page of answers, and count those that came while the chat was closed. */
  private watchAnswer({ answering, messages }: ChatState): void {
    const finished = this.answering !== null && answering === null ? this.answering : null;
    this.answering = answering;
    if (finished === null) return;
    const reply = messages.find((message) => message.key === finished);
    if (reply?.status !== "complete") return;
    this.host.tell({ type: "message", role: "assistant" });
    if (this.isVisible) return;
    this.unread++;
    this.host.tell({ type: "unread", count: this.unread });
  }

  private update(change: Partial<WidgetState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
