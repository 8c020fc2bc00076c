import { ConfirmDialog } from "@medea/ui";
import { useBlocker } from "@tanstack/react-router";

/** Asks before a page with unsaved changes is left. */
export function UnsavedGuard({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: () => isDirty,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      open={blocker.status === "blocked"}
      onOpenChange={(open) => {
        if (!open && blocker.status === "blocked") blocker.reset();
      }}
      title="Leave without saving?"
      description="What you changed in this tool is not saved yet."
      confirmLabel="Leave and lose it"
      cancelLabel="Stay"
      onConfirm={() => {
        if (blocker.status === "blocked") blocker.proceed();
      }}
    />
  );
}
