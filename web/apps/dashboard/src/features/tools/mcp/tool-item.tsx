import { type McpTool, messageOf } from "@medea/api";
import { Badge, Button, Switch, toast } from "@medea/ui";
import { ChevronDown } from "lucide-react";
import { useId, useState } from "react";
import { useChangeTool } from "./queries";
import { ToolSettings } from "./tool-settings";
import { ToolTry } from "./tool-try";

/** A tool of a server: its switch, and behind the arrow all that can be done with it. */
export function ToolItem({ tool, canWrite }: { tool: McpTool; canWrite: boolean }) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const change = useChangeTool(tool.server_id);
  const isUsable = tool.problem === null;
  return (
    <li className="px-5 py-3.5">
      <div className="flex items-start gap-3">
        <Switch
          id={id}
          checked={tool.is_enabled && isUsable}
          disabled={!canWrite || !isUsable || change.isPending}
          aria-describedby={`${id}-about`}
          className="mt-0.5"
          onCheckedChange={(is_enabled) =>
            change.mutate(
              { toolId: tool.id, is_enabled },
              { onError: (error) => toast.error(messageOf(error)) },
            )
          }
        />
        <div className="grid min-w-0 flex-1 gap-1">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <label htmlFor={id} className="break-all font-medium font-mono text-xs leading-5">
              {tool.name}
            </label>
            <Marks tool={tool} />
          </div>
          <p id={`${id}-about`} className="line-clamp-2 text-muted-foreground text-xs">
            {tool.own_description ??
              (tool.description || tool.title || "The server says nothing of it.")}
          </p>
          {tool.problem ? (
            <p className="text-destructive text-xs">Cannot be used: {tool.problem}.</p>
          ) : null}
          {tool.name_reason ? (
            <p className="text-muted-foreground text-xs">
              Called <span className="break-all font-mono">{tool.remote_name}</span> by the server:{" "}
              {tool.name_reason}.
            </p>
          ) : null}
        </div>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-expanded={isOpen}
          aria-controls={`${id}-more`}
          aria-label={`More about ${tool.name}`}
          onClick={() => setOpen(!isOpen)}
        >
          <ChevronDown
            className={isOpen ? "rotate-180 transition-transform" : "transition-transform"}
          />
        </Button>
      </div>
      <div id={`${id}-more`}>
        {isOpen ? (
          <div className="mt-4 grid grid-cols-1 gap-6 border-t pt-4 sm:pl-12">
            <ToolSettings tool={tool} canWrite={canWrite} />
            {isUsable ? <ToolTry tool={tool} canWrite={canWrite} /> : null}
          </div>
        ) : null}
      </div>
    </li>
  );
}

function Marks({ tool }: { tool: McpTool }) {
  return (
    <>
      {tool.is_new ? <Badge variant="info">New</Badge> : null}
      {tool.is_listed ? null : <Badge variant="destructive">Gone</Badge>}
      {tool.is_read_only ? <Badge variant="outline">Reads only</Badge> : null}
      {tool.is_destructive ? <Badge variant="warning">May delete</Badge> : null}
      {tool.changed_at ? <Badge variant="warning">Changed by the server</Badge> : null}
    </>
  );
}
