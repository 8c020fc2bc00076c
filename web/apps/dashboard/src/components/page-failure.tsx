import { ApiError, messageOf, NetworkError } from "@medea/api";
import { Button } from "@medea/ui";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { CloudOff, Lock, TriangleAlert } from "lucide-react";
import { useEffect } from "react";
import { usePageTitle } from "@/lib/page-title";
import { NotFound } from "./not-found";

/** What a page shows instead of itself when its data could not be had or its code failed. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const boundary = useQueryErrorResetBoundary();
  usePageTitle("Something went wrong");
  useEffect(() => boundary.reset(), [boundary]);
  if (error instanceof ApiError && error.isNotFound) return <NotFound />;

  // Inside the dashboard its frame has the `main` already.
  const isInside = router.state.matches.some(
    (match) => match.routeId === "/dashboard" && match.status === "success",
  );
  const Frame = isInside ? "div" : "main";
  const isForbidden = error instanceof ApiError && error.isForbidden;
  const isOwn = !(error instanceof ApiError) && !(error instanceof NetworkError);
  const Icon = isForbidden ? Lock : isOwn ? TriangleAlert : CloudOff;
  return (
    <Frame className="grid min-h-[60dvh] place-items-center px-6 text-center">
      <div role="alert" className="max-w-md">
        <Icon className="mx-auto size-8 text-muted-foreground" aria-hidden="true" />
        <h1 className="mt-5 font-semibold text-2xl tracking-tight">
          {isForbidden ? "Your role does not allow this" : "This page could not be shown"}
        </h1>
        <p className="mt-2 text-muted-foreground">{messageOf(error)}</p>
        <div className="mt-6 flex justify-center gap-2">
          <Button
            onClick={() => {
              reset();
              void router.invalidate();
            }}
          >
            Try again
          </Button>
        </div>
      </div>
    </Frame>
  );
}
