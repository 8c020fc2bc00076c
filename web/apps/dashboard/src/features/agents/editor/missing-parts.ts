import type { Agent } from "@medea/api";

/** What a draft lacks before it can be published, in words. */
export function missingParts(agent: Agent): string[] {
  const missing: string[] = [];
  if (agent.name.trim() === "") missing.push("a name");
  if (agent.system_prompt.trim() === "") missing.push("instructions");
  return missing;
}
