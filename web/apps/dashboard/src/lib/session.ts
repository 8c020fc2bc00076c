/** Who is logged in, in which tenant: one query that every page reads. */
import { ApiError, type Me, type Scope } from "@medea/api";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "./api";
import { queryClient } from "./query-client";

export const meQuery = queryOptions({
  queryKey: ["me"] as const,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await api.auth.me(signal);
    } catch (error) {
      if (error instanceof ApiError && error.isUnauthenticated) return null;
      throw error;
    }
  },
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
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
  queryClient.setQueryData(meQuery.queryKey, me);
  if (announce) channel?.postMessage("changed");
}

/** Replace the session's own data (a new name, a new tenant in the list) without a switch. */
export function refreshSession(me: Me): void {
  lastMe = me;
  queryClient.setQueryData(meQuery.queryKey, me);
}

/** Follow log-in, log-out and tenant switch made in another tab; the cookie is shared. */
export function useSessionAcrossTabs(onChange: (me: Me | null) => void): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!channel) return;
    const follow = async () => {
      const me = await client.fetchQuery({ ...meQuery, staleTime: 0 });
      applySession(me, false);
      onChange(me);
    };
    channel.addEventListener("message", follow);
    return () => channel.removeEventListener("message", follow);
  }, [client, onChange]);
}

queryClient.getQueryCache().subscribe((event) => {
  if (event.query.queryKey[0] === "me" && event.query.state.data) {
    lastMe = event.query.state.data as Me;
  }
});
