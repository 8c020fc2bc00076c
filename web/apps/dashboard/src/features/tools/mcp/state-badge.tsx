import type { McpServer } from "@medea/api";
import { Badge } from "@medea/ui";
import { stateOf } from "./values";

/** How a server is, in a word. */
export function StateBadge({ server }: { server: Pick<McpServer, "state" | "is_enabled"> }) {
  const { label, variant } = stateOf(server);
  return <Badge variant={variant}>{label}</Badge>;
}
