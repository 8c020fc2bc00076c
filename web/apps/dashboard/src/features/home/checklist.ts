/** The way from an empty workspace to a first real conversation, read off what is there. */
import type { Agent, ApiKey, Conversation } from "@medea/api";

export interface SetUpFacts {
  agents: readonly Agent[];
  keys: readonly ApiKey[];
  playground: readonly Conversation[];
  visitors: readonly Conversation[];
}

export type StepKey = "create" | "prompt" | "test" | "publish" | "embed" | "conversation";

export interface Step {
  key: StepKey;
  title: string;
  why: string;
  isDone: boolean;
}

export function setUpSteps({ agents, keys, playground, visitors }: SetUpFacts): Step[] {
  const isHeard = visitors.length > 0;
  return [
    {
      key: "create",
      title: "Create an agent",
      why: "Start from a template, or from a blank page.",
      isDone: agents.length > 0,
    },
    {
      key: "prompt",
      title: "Write its instructions",
      why: "Who it is, what it should reach, what it must not do.",
      isDone: agents.some((agent) => agent.system_prompt.trim() !== ""),
    },
    {
      key: "test",
      title: "Try it in the playground",
      why: "Ask what your visitors ask. Only you see the draft.",
      isDone: playground.some((conversation) => conversation.message_count > 0),
    },
    {
      key: "publish",
      title: "Publish it",
      why: "The draft becomes version 1. You can always go back.",
      isDone: agents.some((agent) => agent.published_version !== null),
    },
    {
      key: "embed",
      title: "Put it on your website",
      why: "One line of HTML with a publishable key.",
      // A key that was used has opened a chat from a page somewhere.
      isDone:
        isHeard || keys.some((key) => key.kind === "publishable" && key.last_used_at !== null),
    },
    {
      key: "conversation",
      title: "Have a first real conversation",
      why: "It shows up below the moment a visitor writes.",
      isDone: isHeard,
    },
  ];
}

/** The step to do next: the first open one, whatever was done out of order. */
export function nextStep(steps: readonly Step[]): Step | null {
  return steps.find((step) => !step.isDone) ?? null;
}

/** The agent that the steps are about: the one touched last. */
export function focusAgent(agents: readonly Agent[]): Agent | null {
  return [...agents].sort((a, b) => b.updated_at.localeCompare(a.updated_at))[0] ?? null;
}
