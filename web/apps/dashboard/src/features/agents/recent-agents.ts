/** The agents somebody opened last, per workspace, for the palette. A convenience of this browser. */

const key = (tenantId: string) => `medea.recent-agents.${tenantId}`;

export function recentAgentIds(tenantId: string): string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key(tenantId)) ?? "[]");
    return Array.isArray(value) ? value.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export function rememberAgent(tenantId: string, agentId: string): void {
  const ids = [agentId, ...recentAgentIds(tenantId).filter((id) => id !== agentId)].slice(0, 8);
  try {
    localStorage.setItem(key(tenantId), JSON.stringify(ids));
  } catch {
    // Blocked storage: the palette then lists agents in the server's order.
  }
}
