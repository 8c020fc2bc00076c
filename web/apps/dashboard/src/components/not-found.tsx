import { Button } from "@medea/ui";
import { Link, useRouterState } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { usePageTitle } from "@/lib/page-title";

export function NotFound() {
  usePageTitle("Page not found");
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const isInside = pathname.startsWith("/dashboard");
  const Frame = isInside ? "div" : "main";
  return (
    <Frame className="grid min-h-[70dvh] place-items-center px-6 text-center">
      <div className="max-w-md">
        <Compass className="mx-auto size-8 text-muted-foreground" aria-hidden="true" />
        <h1 className="mt-5 font-semibold text-2xl tracking-tight">There is nothing here</h1>
        <p className="mt-2 text-muted-foreground">
          <code className="break-all font-mono text-sm">{pathname}</code> leads nowhere. It may have
          been deleted, or it belongs to another workspace.
        </p>
        <div className="mt-6 flex justify-center gap-2">
          <Button asChild>
            <Link to={isInside ? "/dashboard" : "/"}>{isInside ? "Go to home" : "Start page"}</Link>
          </Button>
        </div>
      </div>
    </Frame>
  );
}
