import type { Agent } from "@medea/api";
import { ConfirmDialog, toast } from "@medea/ui";
import { useDeleteAgent } from "./queries";

interface DeleteAgentDialogProps {
  agent: Agent;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDeleted?: () => void;
}

export function DeleteAgentDialog({
  agent,
  open,
  onOpenChange,
  onDeleted,
}: DeleteAgentDialogProps) {
  const remove = useDeleteAgent();
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${agent.name}?`}
      description={
        agent.published_version === null
          ? "Its draft is lost. This cannot be undone."
          : "It stops answering on every website at once, and its versions are lost. This cannot be undone."
      }
      confirmText={agent.name}
      confirmLabel="Delete agent"
      onConfirm={async () => {
        await remove.mutateAsync(agent.id);
        toast.success(`${agent.name} is deleted`);
        onDeleted?.();
      }}
    />
  );
}
