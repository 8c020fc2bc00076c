/** Who is logged in, in which tenant: one query that every page reads. */
import { ApiError, type Me, type Scope } from "@medea/api";
import { type Query, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "./api";
import { queryClient } from "./query-client";

async function fetchMe(signal?: AbortSignal): Promise<Me | null> {
  try {
    return await api.auth.me(signal);
  } catch (error) {
    if (error instanceof ApiError && error.isUnauthenticated) return null;
    throw error;
  }
}

export const meQuery = queryOptions({
  queryKey: ["me"] as const,
  queryFn: ({ signal }) => fetchMe(signal),
  staleTime: 60_000,
});

// Kept so that a page on its way out (log-out, lost session) still renders its last state.
let lastMe: Me | null = null;

/** The session, or null when nobody is logged in (undefined while unknown). */
export function useSession(): Me | null | undefined {
  return useQuery(meQuery).data;
}

/** The session inside the dashboard, where the route guard has made sure of it. */
export function useMe(): Me {
  const me = useQuery(meQuery).data ?? lastMe;
  if (!me) throw new Error("useMe needs a logged-in session");
  return me;
}

/** Whether the logged-in member holds a scope in the current tenant. */
export function useCan(scope: Scope): boolean {
  return useMe().scopes.includes(scope);
}

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("medea.session") : null;

/** Put a new session in force: nothing of the previous tenant may stay in the cache. */
export function applySession(me: Me | null, announce = true): void {
  if (me) lastMe = me;
  queryClient.setQueryData(meQuery.queryKey, me);
  forgetTenantData();
  if (announce) channel?.postMessage("changed");
}

function forgetTenantData(): void {
  const predicate = (query: Query) => query.queryKey[0] !== "me" && query.queryKey[0] !== "config";
  queryClient.removeQueries({ type: "inactive", predicate });
  // What is on screen is asked for anew: a removed query would leave its page waiting for ever.
  void queryClient.resetQueries({ type: "active", predicate });
}

/** Replace the session's own data (a new name, a new tenant in the list) without a switch. */
export function refreshSession(me: Me): void {
  lastMe = me;
  queryClient.setQueryData(meQuery.queryKey, me);
}

/**
 * Follow log-in, log-out and tenant switch made in another tab; the cookie is shared.
 *
 * `leave` takes this tab off a page of the old workspace before its data is dropped.
 */
export function useSessionAcrossTabs(leave: (me: Me | null) => Promise<void>): void {
  useEffect(() => {
    if (!channel) return;
    const follow = async () => {
      const before = lastMe?.tenant.id;
      const me = await fetchMe();
      if (me && me.tenant.id === before) return;
      queryClient.setQueryData(meQuery.queryKey, me);
      await leave(me);
      applySession(me, false);
    };
    const listener = () => void follow();
    channel.addEventListener("message", listener);
    return () => channel.removeEventListener("message", listener);
  }, [leave]);
}

// The switch may also be noticed by an ordinary refetch, where no tab told of it.
queryClient.getQueryCache().subscribe((event) => {
  if (event.query.queryKey[0] !== "me" || !event.query.state.data) return;
  const me = event.query.state.data as Me;
  const isOther = lastMe !== null && lastMe.tenant.id !== me.tenant.id;
  lastMe = me;
  if (isOther) {
    forgetTenantData();
  }
});
