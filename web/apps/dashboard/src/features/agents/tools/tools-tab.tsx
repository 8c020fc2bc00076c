import type { ToolChoice } from "@medea/api";
import { Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LoadFailure } from "@/components/load-failure";
import { toolSettingsQuery, toolsQuery, usableToolsQuery } from "@/features/tools";
import { useDraft } from "../editor/draft-context";
import { Section } from "../editor/section";
import { BUILTIN_TOOLS, lackOf } from "./choices";
import { McpSection } from "./mcp-section";
import { OwnOptions } from "./own-options";
import { ToolLimits } from "./tool-limits";
import { ToolOption } from "./tool-option";
import { ToolOrder } from "./tool-order";
import { useChoices } from "./use-choices";

/** What the agent can do besides answering. */
export function ToolsTab() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const tools = useQuery(toolsQuery);
  const mcp = useQuery(usableToolsQuery).data;
  const { bind } = useChoices();
  const chosen = agent.tools;
  const change = (next: ToolChoice[]) => edit({ tools: next });
  const problem = fieldError("tools");
  return (
    <>
      <Section
        title="Built-in tools"
        description="The model decides when to use them. A model that cannot call tools answers without."
      >
        {problem ? (
          <p role="alert" className="text-destructive text-xs">
            {problem}
          </p>
        ) : null}
        <BuiltinOptions />
      </Section>
      <Section
        title="Your own tools"
        description="Requests to your servers: look up an order, book a date, open a ticket. All agents of the workspace can be given them."
      >
        {tools.isPending ? (
          <div className="grid gap-2" role="status" aria-label="Loading the tools">
            <Skeleton className="h-16" />
            <Skeleton className="h-16" />
          </div>
        ) : tools.isLoadingError ? (
          <LoadFailure
            error={tools.error}
            what="your own tools"
            onRetry={() => void tools.refetch()}
          />
        ) : (
          <OwnOptions />
        )}
      </Section>
      <McpSection bind={bind} />
      {chosen.length > 1 ? (
        <Section
          title="Order"
          description="In which the model is told of them. Put first what it should think of first."
        >
          <ToolOrder
            chosen={chosen}
            own={[...(tools.data ?? []), ...(mcp ?? [])]}
            readOnly={!canWrite}
            onChange={change}
          />
        </Section>
      ) : null}
      {chosen.length > 0 ? (
        <Section
          title="Limits of a turn"
          description="Model and tools take turns, each a step, until one of these is reached; then the agent answers with what it has."
        >
          <ToolLimits />
        </Section>
      ) : null}
    </>
  );
}

function BuiltinOptions() {
  const { agent } = useDraft();
  const { bind } = useChoices();
  const sites = useQuery(toolSettingsQuery).data?.fetch_hosts;
  return (
    <ul className="grid gap-2" aria-label="Built-in tools">
      {BUILTIN_TOOLS.map((tool) => {
        const bound = bind(tool.name);
        const lack = lackOf(tool.name, agent, sites);
        return (
          <ToolOption
            key={tool.name}
            {...bound}
            asks={tool.canAskFirst || bound.asks ? bound.asks : null}
            label={tool.label}
            about={tool.about}
            remark={lack ? <Lack what={lack} /> : null}
          />
        );
      })}
    </ul>
  );
}

const linkClassName = "focus-mark rounded-sm underline underline-offset-2";

function Lack({ what }: { what: "bases" | "sites" }) {
  const { agent } = useDraft();
  if (what === "bases") {
    return (
      <>
        There is nothing to search yet:{" "}
        <Link
          to="/dashboard/agents/$agentId/knowledge"
          params={{ agentId: agent.id }}
          className={linkClassName}
        >
          choose a knowledge base
        </Link>
        .
      </>
    );
  }
  return (
    <>
      No site may be read yet:{" "}
      <Link to="/dashboard/tools" hash="sites" className={linkClassName}>
        allow some
      </Link>
      .
    </>
  );
}
