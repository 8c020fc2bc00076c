/** A field of an agent's configuration in words, for comparing two versions. */
import type { Example, ToolChoice } from "@medea/api";

const NAMES: Record<string, string> = {
  name: "Name",
  description: "Description",
  system_prompt: "Instructions",
  examples: "Examples",
  model: "Model",
  temperature: "Temperature",
  max_output_tokens: "Length of an answer",
  greeting: "Greeting",
  suggested_questions: "Suggested questions",
  appearance: "Appearance",
  retrieval: "Knowledge",
  knowledge_bases: "Knowledge bases",
  top_k: "Passages",
  when_unanswered: "When nothing is found",
  show_sources: "Show sources",
  tools: "Tools",
  tool_limits: "Limits of a turn",
  max_steps: "Steps",
  max_seconds: "Seconds",
  max_cost_usd: "US dollars",
  guardrails: "Guardrails",
  input: "Length and pace",
  topics: "Topics",
  blocked: "Blocked words",
  pii: "Personal data",
  links: "Links",
  approval: "Approval",
  accent: "Accent colour",
  on_accent: "Text on the accent",
  theme: "Theme",
  position: "Position",
  launcher_label: "Launcher label",
  title: "Title",
  subtitle: "Subtitle",
  radius: "Roundness",
  show_branding: "“Powered by Medea”",
};

/** "appearance.accent" -> "Appearance: Accent colour". */
export function fieldName(path: string): string {
  return path
    .split(".")
    .map((part) => NAMES[part] ?? part.replaceAll("_", " "))
    .join(": ");
}

/** Any value as text that can be compared word by word. */
export function valueText(field: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (field === "examples" && Array.isArray(value)) {
    return (value as Example[])
      .map((row) => `Visitor: ${row.user}\nAgent: ${row.assistant}`)
      .join("\n\n");
  }
  if (field === "tools" && Array.isArray(value)) {
    return (value as ToolChoice[])
      .map((tool) => (tool.needs_approval ? `${tool.name} (asks the visitor first)` : tool.name))
      .join("\n");
  }
  if (Array.isArray(value)) return value.map(String).join("\n");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, item]) => `${NAMES[key] ?? key}: ${memberText(item)}`)
      .join("\n");
  }
  return String(value);
}

function memberText(value: unknown): string {
  if (Array.isArray(value)) return value.map(memberText).join(", ") || "none";
  if (typeof value === "object" && value !== null) return Object.values(value).join(" ");
  return String(value ?? "none");
}

const UNSET: Record<string, string> = {
  model: "Workspace default",
  temperature: "The model's own",
  max_output_tokens: "The model's own",
};

export function emptyText(field: string): string {
  return UNSET[field] ?? "Empty";
}
