import type { Wakeups } from "./backoff.ts";
import type { ChatClient } from "./client.ts";
import { describeFailure } from "./failures.ts";
import type { Frame } from "./frames.ts";
import { FrameBatch } from "./schedule.ts";
import type { ChatAction } from "./state.ts";
import { followTurn, type TurnSource } from "./turn.ts";

export interface RunnerOptions {
  client: ChatClient;
  wakeups?: Wakeups;
  attempts?: number;
  silenceMs?: number;
}

/** Why a turn could not be begun. Whatever goes wrong later is told on the message itself. */
export type Refusal = { refused: unknown } | null;

/** How long a cancelled turn may take to say so before the screen stops waiting for it. */
const STOP_PATIENCE_MS = 5_000;

/** The one turn being followed: its frames, its cancelling, its network losses. */
export class TurnRun {
  turnId: string | null;
  private stopWanted = false;
  private readonly abort = new AbortController();
  private patience: ReturnType<typeof setTimeout> | undefined;
  private readonly key: string;
  private readonly options: RunnerOptions;
  private readonly dispatch: (action: ChatAction) => void;

  constructor(
    key: string,
    turnId: string | null,
    options: RunnerOptions,
    dispatch: (action: ChatAction) => void,
  ) {
    this.key = key;
    this.turnId = turnId;
    this.options = options;
    this.dispatch = dispatch;
  }

  /** True once nobody wants to hear of this run any more. */
  get left(): boolean {
    return this.abort.signal.aborted;
  }

  /** Stop following; the answer goes on at the server. */
  leave(): void {
    clearTimeout(this.patience);
    this.abort.abort();
  }

  /** Follow to the end. Answers what refused the turn, or null once the server has had it. */
  async follow(source: TurnSource): Promise<Refusal> {
    try {
      await this.listen(source);
      if (!this.left) this.dispatch({ type: "ended", key: this.key });
    } catch (error) {
      if (this.left) return null;
      if (this.turnId === null) return { refused: error };
      this.dispatch({ type: "broken", key: this.key, error: describeFailure(error) });
    } finally {
      clearTimeout(this.patience);
    }
    return null;
  }

  /** Ask the server to stop; if it does not know the turn yet, as soon as it does. */
  async stop(): Promise<void> {
    if (this.stopWanted) return;
    this.stopWanted = true;
    this.dispatch({ type: "patch", patch: { stopping: true } });
    if (this.turnId !== null) await this.cancel(this.turnId);
  }

  private async cancel(turnId: string): Promise<void> {
    try {
      await this.options.client.cancelTurn(turnId);
      this.patience = setTimeout(() => {
        this.dispatch({ type: "frames", key: this.key, frames: [{ type: "abort" }] });
        this.dispatch({ type: "patch", patch: { answering: null, stopping: false } });
        this.leave();
      }, STOP_PATIENCE_MS);
    } catch (error) {
      this.stopWanted = false;
      const problem = describeFailure(error);
      this.dispatch({ type: "patch", patch: { stopping: false, problem } });
    }
  }

  private async listen(source: TurnSource): Promise<void> {
    const batch = new FrameBatch<Frame>((frames) => {
      if (!this.left) this.dispatch({ type: "frames", key: this.key, frames });
    });
    const { client, ...limits } = this.options;
    const listener = {
      onFrame: (frame: Frame) => batch.add(frame),
      onAccepted: (turnId: string) => {
        this.turnId = turnId;
        this.dispatch({ type: "accepted", key: this.key, turnId });
        if (this.stopWanted) void this.cancel(turnId);
      },
      onConnection: (state: "open" | "lost") =>
        this.dispatch({ type: "connection", lost: state === "lost" }),
    };
    try {
      await followTurn(client, source, listener, { ...limits, signal: this.abort.signal });
    } finally {
      batch.flush();
    }
  }
}
