import type { McpUsableTool } from "@medea/api";
import { Badge } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ComponentProps } from "react";
import { LoadFailure } from "@/components/load-failure";
import { NoneFound, useLongList } from "@/components/long-list";
import { usableToolsQuery } from "@/features/tools";
import { useDraft } from "../editor/draft-context";
import { Section } from "../editor/section";
import { useChosenFirst } from "./chosen-first";
import { ToolOption } from "./tool-option";

type Bound = Pick<
  ComponentProps<typeof ToolOption>,
  "isOn" | "asks" | "readOnly" | "isFull" | "onToggle" | "onAsk"
>;

/** Tools of the connected MCP servers, server by server; nothing where none is connected. */
export function McpSection({ bind }: { bind: (name: string) => Bound }) {
  const tools = useQuery(usableToolsQuery);
  if (tools.isLoadingError) {
    return (
      <Section title="Tools of MCP servers" description="What your connected servers offer.">
        <LoadFailure
          error={tools.error}
          what="the tools of MCP servers"
          onRetry={() => void tools.refetch()}
        />
      </Section>
    );
  }
  const offered = tools.data ?? [];
  const servers = [...new Set(offered.map((tool) => tool.server_id))];
  return servers.map((id) => (
    <ServerOptions key={id} tools={offered.filter((tool) => tool.server_id === id)} bind={bind} />
  ));
}

const asText = (tool: { name: string; description: string }): string =>
  `${tool.name} ${tool.description}`;

function ServerOptions({ tools, bind }: { tools: McpUsableTool[]; bind: (name: string) => Bound }) {
  const { agent } = useDraft();
  const sorted = useChosenFirst(
    tools,
    agent.tools.map(({ name }) => name),
  );
  const list = useLongList(sorted, asText, "Find a tool of this server");
  const [first] = tools;
  if (!first) return null;
  const isWell = first.server_state === "ready";
  return (
    <Section
      title={first.server_name}
      description={
        <>
          {isWell
            ? "Tools of this MCP server. "
            : "This MCP server does not answer right now: the agent goes on without its tools. "}
          <Link
            to="/dashboard/tools/mcp/$serverId"
            params={{ serverId: first.server_id }}
            className="focus-mark rounded-sm underline underline-offset-2"
          >
            Open<span className="sr-only"> {first.server_name}</span>
          </Link>
        </>
      }
    >
      {list.search}
      {list.found.length === 0 ? <NoneFound /> : null}
      <ul className="grid gap-2" aria-label={`Tools of ${first.server_name}`}>
        {list.shown.map((tool) => (
          <ToolOption
            key={tool.id}
            {...bind(tool.id)}
            label={tool.name}
            isCode
            about={tool.description}
            aside={tool.is_destructive ? <Badge variant="warning">May delete</Badge> : null}
            remark={
              tool.is_destructive && !bind(tool.id).asks
                ? "The server says that it may delete things: let the visitor be asked first."
                : null
            }
          />
        ))}
      </ul>
      {list.more}
    </Section>
  );
}
