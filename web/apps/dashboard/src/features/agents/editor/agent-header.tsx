import { Button, Tooltip } from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { Rocket } from "lucide-react";
import { type ReactNode, useState } from "react";
import { BackLink } from "@/components/back-link";
import { AgentMenu } from "../agent-menu";
import { AgentStatus } from "../agent-status";
import { useDraft } from "./draft-context";
import { PublishDialog } from "./publish-dialog";
import { SaveIndicator } from "./save-indicator";

export function AgentHeader({ children }: { children?: ReactNode }) {
  const { agent, canWrite, status, flush } = useDraft();
  const [isPublishing, setPublishing] = useState(false);
  const hasNews = agent.has_unpublished_changes || status !== "saved";
  return (
    <header className="px-4 pt-5 sm:px-8 sm:pt-7">
      <div className="flex min-h-7 items-center justify-between gap-3">
        <BackLink to="/dashboard/agents">Agents</BackLink>
        <SaveIndicator />
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 dir="auto" className="min-w-0 break-words font-semibold text-xl tracking-[-0.018em]">
            {agent.name.trim() || "Unnamed agent"}
          </h1>
          <AgentStatus agent={agent} />
        </div>
        <div className="flex items-center gap-2">
          {children}
          {canWrite ? (
            <Tooltip
              content={
                hasNews ? "Make this draft live" : "The live version is the same as this draft"
              }
            >
              <Button
                onClick={() => (hasNews ? void flush().then(() => setPublishing(true)) : undefined)}
                aria-disabled={!hasNews || undefined}
              >
                <Rocket />
                Publish
              </Button>
            </Tooltip>
          ) : null}
          <MoreMenu />
        </div>
      </div>
      <PublishDialog open={isPublishing} onOpenChange={setPublishing} />
    </header>
  );
}

function MoreMenu() {
  const { agent, canWrite } = useDraft();
  const navigate = useNavigate();
  return (
    <AgentMenu
      agent={agent}
      canWrite={canWrite}
      names={[agent.name]}
      label="More actions"
      trigger={{ size: "icon" }}
      onDuplicated={(copy) =>
        void navigate({ to: "/dashboard/agents/$agentId", params: { agentId: copy.id } })
      }
      onDeleted={() => void navigate({ to: "/dashboard/agents", ignoreBlocker: true })}
    />
  );
}
