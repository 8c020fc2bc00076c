/** Whether the server answers: told by what the pages ask it anyway. */
import { ApiError, NetworkError } from "@medea/api";
import { onlineManager, type QueryCache, type QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { queryClient } from "./query-client";

/** "offline": this device has no network; "away": it has one, and the server is silent. */
export type Connection = "fine" | "away" | "offline";

/** A gateway says these for a server that is not there. */
const AWAY = new Set([502, 503, 504]);

const isAway = (error: unknown): boolean =>
  error instanceof NetworkError || (error instanceof ApiError && AWAY.has(error.status));

/** How the newest question ended. */
class Watch {
  private silent = false;
  private readonly listeners = new Set<() => void>();

  constructor(cache: QueryCache) {
    cache.subscribe((event) => {
      if (event.type !== "updated") return;
      if (event.action.type === "success" && !event.action.manual) this.turn(false);
      // A first failure is seen to before the last of its repetitions has failed.
      else if (event.action.type === "failed" || event.action.type === "error") {
        this.turn(isAway(event.action.error));
      }
    });
  }

  private turn(silent: boolean): void {
    if (silent === this.silent) return;
    this.silent = silent;
    for (const listener of this.listeners) listener();
  }

  readonly read = (): Connection =>
    onlineManager.isOnline() ? (this.silent ? "away" : "fine") : "offline";

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    const leave = onlineManager.subscribe(listener);
    return () => {
      this.listeners.delete(listener);
      leave();
    };
  };
}

const watches = new WeakMap<QueryClient, Watch>();

function watchOf(client: QueryClient): Watch {
  const known = watches.get(client) ?? new Watch(client.getQueryCache());
  watches.set(client, known);
  return known;
}

const PAUSE_MS = 5_000;

/** Ask again for everything on screen that failed, and at least for the session; a slow answer is waited for. */
export const askAgain = (client: QueryClient = queryClient): Promise<void> =>
  client.refetchQueries(
    {
      type: "active",
      predicate: ({ state, queryKey }) => state.status === "error" || queryKey[0] === "me",
    },
    { cancelRefetch: false },
  );

/** Follow the connection; while the server is away, what failed is asked for again every few seconds. */
export function useConnection(client: QueryClient = queryClient): Connection {
  const watch = watchOf(client);
  const connection = useSyncExternalStore(watch.subscribe, watch.read);
  useEffect(() => {
    if (connection !== "away") return;
    const timer = setInterval(() => void askAgain(client), PAUSE_MS);
    return () => clearInterval(timer);
  }, [connection, client]);
  return connection;
}
