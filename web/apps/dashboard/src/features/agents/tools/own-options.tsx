import { Badge, Button, EmptyState } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, Wrench, X } from "lucide-react";
import { NoneFound, useLongList } from "@/components/long-list";
import { toolsQuery, usableToolsQuery } from "@/features/tools";
import { useCan } from "@/lib/session";
import { useDraft } from "../editor/draft-context";
import { goneFrom } from "./choices";
import { useChosenFirst } from "./chosen-first";
import { ToolOption } from "./tool-option";
import { useChoices } from "./use-choices";

/** Tools that the workspace made, and choices whose tool is gone. */
export function OwnOptions() {
  const own = useQuery(toolsQuery).data ?? [];
  const canMake = useCan("tools:write");
  const { canWrite } = useDraft();
  const { chosen, bind } = useChoices();
  const mcp = useQuery(usableToolsQuery).data;
  // Before all are known, none is said to be gone.
  const gone = mcp ? goneFrom(chosen, [...own, ...mcp]) : [];
  const sorted = useChosenFirst(
    own,
    chosen.map(({ name }) => name),
  );
  const list = useLongList(sorted, (tool) => `${tool.name} ${tool.description}`, "Find a tool");
  if (own.length === 0 && gone.length === 0) {
    return (
      <EmptyState
        icon={Wrench}
        title="No tool of your own yet"
        description="Describe a request to your server once, then switch it on here."
        action={
          canMake ? (
            <Button asChild size="sm">
              <Link to="/dashboard/tools/new">
                <Plus />
                New tool
              </Link>
            </Button>
          ) : null
        }
      />
    );
  }
  return (
    <>
      {list.search}
      {list.isSearched && list.found.length === 0 ? <NoneFound /> : null}
      <ul className="grid gap-2" aria-label="Your own tools">
        {list.shown.map((tool) => (
          <ToolOption
            key={tool.id}
            {...bind(tool.id)}
            label={tool.name}
            isCode
            about={tool.description}
            aside={
              <>
                <Badge variant="outline">{tool.method}</Badge>
                <Link
                  to="/dashboard/tools/$toolId"
                  params={{ toolId: tool.id }}
                  className="focus-mark touch-target ml-auto inline-flex items-center justify-center rounded-sm px-1 text-muted-foreground text-xs hover:text-foreground"
                >
                  Open<span className="sr-only"> {tool.name}</span>
                </Link>
              </>
            }
          />
        ))}
        {gone.map(({ name }) => (
          <li
            key={name}
            className="flex items-center gap-3 rounded-lg border border-dashed px-4 py-3 text-sm"
          >
            <span className="min-w-0 flex-1 text-muted-foreground">
              A tool that was deleted or switched off
            </span>
            {canWrite ? (
              <Button variant="ghost" size="xs" onClick={() => bind(name).onToggle(false)}>
                <X />
                Remove
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {list.more}
    </>
  );
}
