/** The tools of an agent's draft: which, in which order, and which ask the visitor first. */
import type { Agent, ToolChoice } from "@medea/api";

/** As many as an agent can have. */
export const MOST_TOOLS = 64;

/** A tool of the workspace: one of its own, or of a server that it has connected. */
export interface NamedTool {
  id: string;
  name: string;
}

export interface BuiltinTool {
  name: string;
  label: string;
  about: string;
  /** False for those that ask the visitor by what they are. */
  canAskFirst: boolean;
}

export const BUILTIN_TOOLS: readonly BuiltinTool[] = [
  {
    name: "current_time",
    label: "Current time",
    about: "Date, weekday and time in a time zone.",
    canAskFirst: true,
  },
  {
    name: "calculator",
    label: "Calculator",
    about: "Works out arithmetic exactly, where a model would guess.",
    canAskFirst: true,
  },
  {
    name: "search_knowledge",
    label: "Search knowledge",
    about: "Searches the agent's documents once more, with words that the model chooses.",
    canAskFirst: true,
  },
  {
    name: "fetch_page",
    label: "Read a web page",
    about: "Reads a page of the sites that the workspace allows.",
    canAskFirst: true,
  },
  {
    name: "collect_form",
    label: "Show a form",
    about: "Asks the visitor for a few details, such as an e-mail address, and keeps them.",
    canAskFirst: false,
  },
  {
    name: "hand_over",
    label: "Hand over to a person",
    about: "Asks for a person and marks the conversation as handed over.",
    canAskFirst: true,
  },
];

export function toggled(chosen: readonly ToolChoice[], name: string, on: boolean): ToolChoice[] {
  const others = chosen.filter((choice) => choice.name !== name);
  if (!on) return others;
  const isThere = others.length < chosen.length;
  return isThere ? [...chosen] : [...chosen, { name, needs_approval: false }];
}

export const asking = (chosen: readonly ToolChoice[], name: string, on: boolean): ToolChoice[] =>
  chosen.map((choice) => (choice.name === name ? { ...choice, needs_approval: on } : choice));

/** What a chosen tool is called on screen; null where it was deleted. */
export function labelOf(name: string, own: readonly NamedTool[]): string | null {
  const builtin = BUILTIN_TOOLS.find((tool) => tool.name === name);
  return builtin?.label ?? own.find((tool) => tool.id === name)?.name ?? null;
}

/** Chosen tools that are neither built in nor of the workspace any more. */
export const goneFrom = (chosen: readonly ToolChoice[], own: readonly NamedTool[]): ToolChoice[] =>
  chosen.filter((choice) => labelOf(choice.name, own) === null);

/** Why a built-in tool that is on cannot do anything yet. */
export function lackOf(
  name: string,
  agent: Pick<Agent, "retrieval">,
  sites: readonly string[] | undefined,
): "bases" | "sites" | null {
  if (name === "search_knowledge" && agent.retrieval.knowledge_bases.length === 0) return "bases";
  if (name === "fetch_page" && sites?.length === 0) return "sites";
  return null;
}
