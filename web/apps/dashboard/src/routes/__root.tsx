import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { RouteAnnouncer } from "@/components/route-announcer";

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Root,
});

// Nothing is toasted before the first action, so the first paint need not wait for it.
const Toaster = lazy(() => import("@/components/toaster"));

function Root() {
  return (
    <>
      <Outlet />
      <RouteAnnouncer />
      <Suspense>
        <Toaster />
      </Suspense>
    </>
  );
}
