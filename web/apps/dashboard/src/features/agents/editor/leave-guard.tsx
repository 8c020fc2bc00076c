import { messageOf } from "@medea/api";
import { ConfirmDialog } from "@medea/ui";
import { useBlocker } from "@tanstack/react-router";
import { useDraft } from "./draft-context";

/** Saves before one leaves the agent, and asks only if that fails. */
export function LeaveGuard() {
  const { agent, status, flush, error } = useDraft();
  const base = `/dashboard/agents/${agent.id}`;
  const blocker = useBlocker({
    shouldBlockFn: async ({ next }) => {
      if (next.pathname === base || next.pathname.startsWith(`${base}/`)) return false;
      return status === "saved" ? false : !(await flush());
    },
    enableBeforeUnload: () => status !== "saved",
    withResolver: true,
  });
  const isBlocked = blocker.status === "blocked";
  return (
    <ConfirmDialog
      open={isBlocked}
      onOpenChange={(open) => {
        if (!open && blocker.status === "blocked") blocker.reset();
      }}
      title="Leave without saving?"
      description={`Your last changes to ${agent.name} could not be saved. ${error ? messageOf(error) : ""}`}
      confirmLabel="Leave and lose them"
      cancelLabel="Stay"
      onConfirm={() => {
        if (blocker.status === "blocked") blocker.proceed();
      }}
    />
  );
}
