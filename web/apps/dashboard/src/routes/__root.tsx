import { Toaster, TooltipProvider } from "@medea/ui";
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { RouteAnnouncer } from "@/components/route-announcer";

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Root,
});

function Root() {
  return (
    <TooltipProvider>
      <Outlet />
      <RouteAnnouncer />
      <Toaster />
    </TooltipProvider>
  );
}
