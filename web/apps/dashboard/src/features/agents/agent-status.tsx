import type { Agent } from "@medea/api";
import { Badge } from "@medea/ui";

/** Live, live with newer changes, or never published. */
export function AgentStatus({ agent }: { agent: Agent }) {
  if (agent.published_version === null) return <Badge variant="secondary">Draft</Badge>;
  return (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      <Badge variant="success">
        <span className="size-1.5 rounded-full bg-current" aria-hidden="true" />
        Live v{agent.published_version}
      </Badge>
      {agent.has_unpublished_changes ? <Badge variant="warning">Unpublished changes</Badge> : null}
    </span>
  );
}
