import { ApiError, messageOf } from "@medea/api";
import { ErrorState, NoPermission } from "@medea/ui";

export interface LoadFailureProps {
  error: unknown;
  /** What was to be shown: "the members". */
  what: string;
  onRetry: () => void;
}

/** In place of a part of a page whose data could not be had: a reason, and a way on where there is one. */
export function LoadFailure({ error, what, onRetry }: LoadFailureProps) {
  if (error instanceof ApiError && error.isForbidden) {
    return (
      <NoPermission
        title={`Your role does not show ${what}`}
        description="An owner or admin of this workspace can give you another role."
      />
    );
  }
  return (
    <ErrorState
      title={`Could not load ${what}`}
      description={messageOf(error)}
      code={error instanceof ApiError ? error.code : undefined}
      onRetry={onRetry}
    />
  );
}
