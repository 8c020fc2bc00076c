import { LockIcon, RotateCwIcon, TriangleAlertIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../cn";
import { Button } from "./button";

export interface ErrorStateProps {
  title?: string;
  description?: ReactNode;
  /** The stable code of the problem, for a support request. */
  code?: string | undefined;
  onRetry?: (() => void) | undefined;
  action?: ReactNode;
  className?: string;
}

/** What is shown where content could not be loaded. */
export function ErrorState(props: ErrorStateProps) {
  const {
    title = "This could not be loaded",
    description,
    code,
    onRetry,
    action,
    className,
  } = props;
  return (
    <div
      data-slot="error-state"
      role="alert"
      className={cn(
        "flex flex-col items-center gap-4 rounded-xl border px-6 py-12 text-center",
        className,
      )}
    >
      <div className="flex size-10 items-center justify-center rounded-lg bg-destructive-muted text-destructive">
        <TriangleAlertIcon className="size-5" strokeWidth={1.75} aria-hidden />
      </div>
      <div className="grid max-w-md gap-1">
        <h2 className="font-semibold text-base">{title}</h2>
        {description ? (
          <div className="text-balance text-muted-foreground text-sm">{description}</div>
        ) : null}
        {code ? <p className="font-mono text-2xs text-muted-foreground">{code}</p> : null}
      </div>
      {onRetry || action ? (
        <div className="flex flex-wrap justify-center gap-2">
          {onRetry ? (
            <Button variant="outline" size="sm" onClick={onRetry}>
              <RotateCwIcon aria-hidden />
              Try again
            </Button>
          ) : null}
          {action}
        </div>
      ) : null}
    </div>
  );
}

export interface NoPermissionProps {
  title?: string;
  description: ReactNode;
  className?: string;
}

/** What is shown in place of a page that the reader's role does not open. */
export function NoPermission({
  title = "You do not have access to this",
  description,
  className,
}: NoPermissionProps) {
  return (
    <div
      data-slot="no-permission"
      className={cn(
        "flex flex-col items-center gap-4 rounded-xl border px-6 py-12 text-center",
        className,
      )}
    >
      <div className="flex size-10 items-center justify-center rounded-lg border bg-muted text-muted-foreground">
        <LockIcon className="size-5" strokeWidth={1.75} aria-hidden />
      </div>
      <div className="grid max-w-md gap-1">
        <h2 className="font-semibold text-base">{title}</h2>
        <div className="text-balance text-muted-foreground text-sm">{description}</div>
      </div>
    </div>
  );
}
