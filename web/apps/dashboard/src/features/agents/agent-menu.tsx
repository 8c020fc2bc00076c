import { type Agent, messageOf } from "@medea/api";
import {
  Button,
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
  toast,
} from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { Copy, Ellipsis, MessagesSquare, Trash2 } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { DeleteAgentDialog } from "./delete-agent-dialog";
import { copyName, duplicateOf } from "./duplicate";
import { useCreateAgent } from "./queries";

export interface AgentMenuProps {
  agent: Agent;
  canWrite: boolean;
  /** Names that a copy must not have. */
  names: string[];
  label: string;
  trigger: Pick<ComponentProps<typeof Button>, "size" | "className">;
  onDuplicated?: (copy: Agent) => void;
  onDeleted?: () => void;
}

/** What can be done with an agent besides editing it. */
export function AgentMenu(props: AgentMenuProps) {
  const { agent, canWrite, names, label, trigger, onDuplicated, onDeleted } = props;
  const navigate = useNavigate();
  const create = useCreateAgent();
  const [isDeleting, setDeleting] = useState(false);

  const duplicate = () =>
    create.mutate(duplicateOf(agent, copyName(agent.name, names)), {
      onSuccess: (copy) => {
        toast.success(`${copy.name} created`);
        onDuplicated?.(copy);
      },
      onError: (error) => toast.error(messageOf(error)),
    });

  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" aria-label={label} {...trigger}>
            <Ellipsis />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem
            onSelect={() =>
              void navigate({ to: "/dashboard/conversations", search: { agent: agent.id } })
            }
          >
            <MessagesSquare aria-hidden="true" />
            Conversations
          </DropdownMenuItem>
          {canWrite ? (
            <>
              <DropdownMenuItem onSelect={duplicate}>
                <Copy aria-hidden="true" />
                Duplicate
              </DropdownMenuItem>
              <DropdownMenuSeparator />
              <DropdownMenuItem variant="destructive" onSelect={() => setDeleting(true)}>
                <Trash2 aria-hidden="true" />
                Delete…
              </DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      <DeleteAgentDialog
        agent={agent}
        open={isDeleting}
        onOpenChange={setDeleting}
        {...(onDeleted ? { onDeleted } : {})}
      />
    </>
  );
}
