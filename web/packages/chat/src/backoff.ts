/**
 * Wait before the next attempt: exponential from `base`, at most `cap`, with full jitter in the upper
 * half so that a thousand widgets do not come back in the same instant after a restart.
 *
 * @param attempt counted from 1.
 * @returns milliseconds.
 */
export function backoffDelay(
  attempt: number,
  { base = 500, cap = 15_000, random = Math.random } = {},
): number {
  const full = Math.min(cap, base * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full / 2 + (full / 2) * random());
}

/** What the waiting needs from the browser; tests give their own. */
export interface Wakeups {
  isOnline(): boolean;
  /** Call `listener` once when the network may be back; returns how to stop listening. */
  onOnline(listener: () => void): () => void;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Resolve after `ms`, or reject with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

export const browserWakeups: Wakeups = {
  isOnline: () => typeof navigator === "undefined" || navigator.onLine !== false,
  onOnline(listener) {
    if (typeof window === "undefined") return () => {};
    window.addEventListener("online", listener, { once: true });
    return () => window.removeEventListener("online", listener);
  },
  sleep,
};

/** Wait `ms`, or less: the browser's `online` event ends the wait at once. */
export async function waitToReconnect(
  ms: number,
  wakeups: Wakeups,
  signal: AbortSignal,
): Promise<void> {
  const early = new AbortController();
  const stopListening = wakeups.onOnline(() => early.abort());
  const outer = () => early.abort();
  signal.addEventListener("abort", outer, { once: true });
  try {
    // Offline, only the event can help; the long wait is for browsers that never send it.
    await wakeups.sleep(wakeups.isOnline() ? ms : Math.max(ms, 10_000), early.signal);
  } catch {
    // Woken early.
  } finally {
    stopListening();
    signal.removeEventListener("abort", outer);
  }
  signal.throwIfAborted();
}
