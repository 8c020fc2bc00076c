import { backoffDelay, browserWakeups, type Wakeups, waitToReconnect } from "./backoff.ts";
import type { ChatClient } from "./client.ts";
import { type Frame, parseFrame } from "./frames.ts";
import { NetworkError, ProblemError } from "./problems.ts";
import { SseDecoder } from "./sse.ts";
import type { TurnAccepted } from "./wire.ts";

/** Either a turn to begin, or one that runs already. */
export type TurnSource =
  | { start: { path: string; body?: unknown; key: string } }
  | { turnId: string; lastEventId?: string };

export interface TurnListener {
  onFrame(frame: Frame): void;
  /** The server has the turn: from here on nothing the visitor wrote can be lost. */
  onAccepted(turnId: string): void;
  onConnection(state: "open" | "lost"): void;
}

export interface FollowOptions {
  signal: AbortSignal;
  wakeups?: Wakeups;
  /** Connections that may fail in a row without one frame between them. */
  attempts?: number;
  /** A connection without a byte for this long is dead; the server's heartbeat comes every 10 s. */
  silenceMs?: number;
}

interface Progress {
  turnId: string | null;
  decoder: SseDecoder;
  failures: number;
  /** The server ended the connection itself and asked us to come back: at another process, most likely. */
  invited: boolean;
}

/** So that all clients of a process that stops do not come back in the same instant. */
const INVITED_WITHIN_MS = 150;

/**
 * Follow one turn to its end, through as many connections as it takes.
 *
 * Resolves when the server said `[DONE]`. Rejects with `ProblemError` when the server refuses, with
 * `NetworkError` after `attempts` failures in a row, or with the signal's reason. Aborting only stops
 * listening: the turn goes on at the server until it is cancelled there.
 */
export async function followTurn(
  client: ChatClient,
  source: TurnSource,
  listener: TurnListener,
  { signal, wakeups = browserWakeups, attempts = 10, silenceMs = 30_000 }: FollowOptions,
): Promise<void> {
  const rejoining = "turnId" in source;
  const progress: Progress = {
    turnId: rejoining ? source.turnId : null,
    decoder: new SseDecoder(rejoining ? source.lastEventId : ""),
    failures: 0,
    invited: false,
  };
  for (;;) {
    try {
      if (await connectOnce(client, source, listener, progress, signal, silenceMs)) return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ProblemError && !mayTryAgain(error, progress)) throw error;
    }
    // An invitation is no failure, unless nothing but invitations comes.
    if (progress.invited && progress.failures === 0) {
      await waitToReconnect(Math.random() * INVITED_WITHIN_MS, wakeups, signal);
      progress.failures++;
      continue;
    }
    progress.failures++;
    if (progress.failures >= attempts) throw new NetworkError();
    listener.onConnection("lost");
    const wait = backoffDelay(progress.failures, { base: progress.decoder.retry ?? 500 });
    await waitToReconnect(wait, wakeups, signal);
  }
}

/** A refusal of the first request is for the visitor to see; later ones may pass with the restart. */
function mayTryAgain(error: ProblemError, progress: Progress): boolean {
  if (progress.turnId) return error.retryable;
  // Our own first request, whose answer was lost, is still being worked on.
  if (error.code === "request.in_progress") return true;
  return error.status === 502 || error.status === 503 || error.status === 504;
}

/** One connection. True: the turn has ended. False: the connection did, and the turn may go on. */
async function connectOnce(
  client: ChatClient,
  source: TurnSource,
  listener: TurnListener,
  progress: Progress,
  signal: AbortSignal,
  silenceMs: number,
): Promise<boolean> {
  const link = new AbortController();
  const unlink = () => link.abort(signal.reason);
  signal.addEventListener("abort", unlink, { once: true });
  let isEnded = false;
  progress.invited = false;
  try {
    const response = await open(client, source, listener, progress, link.signal);
    isEnded =
      response === null || (await readFrames(response, listener, progress, link, silenceMs));
    return isEnded;
  } finally {
    signal.removeEventListener("abort", unlink);
    // After `[DONE]` the server closes by itself; aborting would look like a failure in its logs.
    if (!isEnded) link.abort();
  }
}

/** Ask for the stream; null when there is nothing to stream any more. */
async function open(
  client: ChatClient,
  source: TurnSource,
  listener: TurnListener,
  progress: Progress,
  signal: AbortSignal,
): Promise<Response | null> {
  if (progress.turnId === null && "start" in source) {
    const response = await client.beginTurn(source.start, signal);
    if (isStream(response)) return response;
    const accepted = (await response.json()) as TurnAccepted;
    progress.turnId = accepted.turn_id;
    listener.onAccepted(accepted.turn_id);
  }
  const { lastEventId, retry } = progress.decoder;
  progress.decoder = new SseDecoder(lastEventId);
  progress.decoder.retry = retry;
  const response = await client.joinTurn(progress.turnId ?? "", lastEventId, signal);
  return response.status === 204 ? null : response;
}

const isStream = (response: Response): boolean =>
  (response.headers.get("content-type") ?? "").startsWith("text/event-stream");

async function readFrames(
  response: Response,
  listener: TurnListener,
  progress: Progress,
  link: AbortController,
  silenceMs: number,
): Promise<boolean> {
  const reader = response.body?.getReader();
  if (!reader) return false;
  let silence = setTimeout(() => link.abort(), silenceMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      clearTimeout(silence);
      silence = setTimeout(() => link.abort(), silenceMs);
      for (const event of progress.decoder.push(value)) {
        if (event.data === "[DONE]") {
          void reader.read().catch(() => {});
          return true;
        }
        const frame = parseFrame(event.data);
        if (frame === null) continue;
        if (frame.type === "data-reconnect") {
          progress.invited = true;
          progress.decoder.retry = undefined; // Its haste is for a server that is there.
          continue;
        }
        if (progress.failures > 0) progress.failures = 0;
        listener.onConnection("open");
        learnTurn(frame, listener, progress);
        listener.onFrame(frame);
      }
    }
  } finally {
    clearTimeout(silence);
  }
}

function learnTurn(frame: Frame, listener: TurnListener, progress: Progress): void {
  if (frame.type !== "start" || progress.turnId !== null) return;
  const turnId = frame.messageMetadata?.turn_id;
  if (turnId === undefined) return;
  progress.turnId = turnId;
  listener.onAccepted(turnId);
}
