import type { Channel } from "@medea/api";
import { textParam } from "@/lib/search-params";

export interface ConversationFilters {
  /** Slug of an agent. */
  agent?: string;
  channel?: Channel;
  q?: string;
}

export const CHANNELS: { channel: Channel; label: string }[] = [
  { channel: "widget", label: "Website" },
  { channel: "playground", label: "Playground" },
  { channel: "api", label: "API" },
  { channel: "openai", label: "OpenAI API" },
  { channel: "mcp", label: "MCP" },
  { channel: "agui", label: "AG-UI" },
];

export const channelLabel = (channel: Channel): string =>
  CHANNELS.find((item) => item.channel === channel)?.label ?? channel;

/** The filters as the address bar holds them; anything unknown there is dropped. */
export function readFilters(search: Record<string, unknown>): ConversationFilters {
  const channel = CHANNELS.find((item) => item.channel === search.channel)?.channel;
  return {
    ...textParam(search, "agent"),
    ...(channel ? { channel } : {}),
    ...textParam(search, "q"),
  };
}

export const isFiltered = (filters: ConversationFilters): boolean =>
  Boolean(filters.agent || filters.channel || filters.q);
