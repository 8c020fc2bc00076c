import { type ChatState, type ChatStore, isRunning } from "@medea/chat";

export interface ReplyTiming {
  askedAt: number;
  /** When the first piece of text was on this page: what a visitor would have felt. */
  firstTextAt: number | null;
  endedAt: number | null;
}

/** Measures each reply from the moment it was asked for, by watching the store. */
export class ReplyTimer {
  private readonly timings = new Map<string, ReplyTiming>();

  constructor(
    private readonly store: Pick<ChatStore, "getState" | "subscribe">,
    private readonly now: () => number = () => performance.now(),
  ) {}

  start(): () => void {
    return this.store.subscribe(() => this.observe(this.store.getState()));
  }

  get(key: string): ReplyTiming | undefined {
    return this.timings.get(key);
  }

  private observe(state: ChatState): void {
    for (const message of state.messages) {
      if (message.role !== "assistant") continue;
      const timing = this.timings.get(message.key);
      if (isRunning(message)) {
        if (!timing || timing.endedAt !== null) {
          const firstTextAt = message.text === "" ? null : this.now();
          this.timings.set(message.key, { askedAt: this.now(), firstTextAt, endedAt: null });
        } else if (timing.firstTextAt === null && message.text !== "") {
          timing.firstTextAt = this.now();
        }
      } else if (timing && timing.endedAt === null) {
        timing.firstTextAt ??= message.text === "" ? null : this.now();
        timing.endedAt = this.now();
      }
    }
  }
}
