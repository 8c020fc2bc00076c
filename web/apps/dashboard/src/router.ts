import { createRouter } from "@tanstack/react-router";
import { NotFound } from "./components/not-found";
import { PageFailure } from "./components/page-failure";
import { PagePending } from "./components/page-pending";
import { api } from "./lib/api";
import { queryClient } from "./lib/query-client";
import { applySession } from "./lib/session";
import { routeTree } from "./routeTree.gen";

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: "intent",
  // The query cache decides what is fresh, not the router's own.
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 250,
  defaultPendingMinMs: 300,
  scrollRestoration: true,
  defaultErrorComponent: PageFailure,
  defaultNotFoundComponent: NotFound,
  defaultPendingComponent: PagePending,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** A session that ended in mid-work leads to the log-in page and back to this very place. */
api.client.onUnauthenticated(() => {
  const { href, pathname } = router.state.location;
  if (!pathname.startsWith("/dashboard")) return;
  applySession(null);
  void router.navigate({ to: "/login", search: { next: href } });
});
