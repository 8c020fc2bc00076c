import type { Agent, AgentInput } from "@medea/api";

/** A copy's name: "Support" -> "Support copy" -> "Support copy 2". */
export function copyName(name: string, taken: readonly string[]): string {
  const base = name.replace(/ copy( \d+)?$/, "");
  const names = new Set(taken);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? `${base} copy` : `${base} copy ${number}`;
    if (!names.has(candidate)) return candidate;
  }
}

/** Everything of an agent's draft, under a new name; the server makes the slug. */
export function duplicateOf(agent: Agent, name: string): AgentInput & { name: string } {
  const { on_accent: _computed, ...appearance } = agent.appearance;
  return {
    name,
    description: agent.description,
    system_prompt: agent.system_prompt,
    examples: agent.examples,
    model: agent.model,
    temperature: agent.temperature,
    max_output_tokens: agent.max_output_tokens,
    greeting: agent.greeting,
    suggested_questions: agent.suggested_questions,
    appearance,
    retrieval: agent.retrieval,
    tools: agent.tools,
    tool_limits: agent.tool_limits,
  };
}
