import type { Tool } from "@medea/api";
import { Badge, RelativeTime } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { Eye, Repeat } from "lucide-react";
import { hostOf } from "../form/values";

interface ToolRowProps {
  tool: Tool;
  /** Names of the agents that may use it. */
  agents: string[];
}

/** A tool in the list; the whole row leads to it. */
export function ToolRow({ tool, agents }: ToolRowProps) {
  return (
    <li className="relative grid gap-x-6 gap-y-2 px-5 py-3.5 transition-colors focus-within:bg-accent/50 hover:bg-accent/50 md:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)_auto] md:items-center">
      <div className="min-w-0">
        <h3 className="truncate font-medium font-mono text-xs leading-5">
          <Link
            to="/dashboard/tools/$toolId"
            params={{ toolId: tool.id }}
            className="outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
          >
            {tool.name}
          </Link>
        </h3>
        <p dir="auto" className="line-clamp-2 break-words text-muted-foreground text-sm">
          {tool.description}
        </p>
      </div>
      <div className="grid min-w-0 grid-cols-1 gap-1.5">
        <p className="flex min-w-0 items-center gap-2 text-xs">
          <Badge variant="outline" className="font-mono">
            {tool.method}
          </Badge>
          <span className="truncate">{hostOf(tool.url)}</span>
        </p>
        <p className="flex flex-wrap gap-1.5">
          {tool.is_safe_to_repeat ? (
            <Badge>
              <Repeat aria-hidden="true" />
              Safe to repeat
            </Badge>
          ) : null}
          {tool.is_public ? (
            <Badge variant="info">
              <Eye aria-hidden="true" />
              Visitors see results
            </Badge>
          ) : null}
        </p>
      </div>
      <p className="text-muted-foreground text-xs md:w-44 md:text-right">
        Changed <RelativeTime at={tool.updated_at} />
        <span className="max-md:before:content-['_·_'] md:block" title={agents.join(", ")}>
          {agents.length === 0
            ? "No agent uses it"
            : `${agents.length} ${agents.length === 1 ? "agent" : "agents"}`}
        </span>
      </p>
    </li>
  );
}
