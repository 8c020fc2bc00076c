import type { Channel } from "@medea/api";
import { Button } from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { XIcon } from "lucide-react";
import { FilterSelect } from "@/components/filter-select";
import { SearchBox } from "@/components/search-box";
import { AgentSelect } from "@/features/agents";
import { CHANNELS, type ConversationFilters, isFiltered } from "./filters";

/** Filters that live in the address bar, so that a view can be sent to a colleague. */
export function FilterBar({ filters }: { filters: ConversationFilters }) {
  const navigate = useNavigate();
  const apply = (change: {
    agent?: string | undefined;
    channel?: Channel | undefined;
    q?: string | undefined;
  }) => {
    const next = { ...filters, ...change };
    const search: ConversationFilters = {
      ...(next.agent ? { agent: next.agent } : {}),
      ...(next.channel ? { channel: next.channel } : {}),
      ...(next.q ? { q: next.q } : {}),
    };
    void navigate({ to: "/dashboard/conversations", search, replace: true });
  };
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchBox
        label="Search conversations"
        value={filters.q ?? ""}
        onSearch={(q) => apply({ q })}
        className="w-full sm:w-64"
      />
      <AgentSelect
        by="slug"
        value={filters.agent}
        other={filters.agent}
        onChange={(agent) => apply({ agent })}
        className="min-w-0 flex-1 sm:w-44 sm:flex-none"
      />
      <FilterSelect
        label="Channel"
        all="All channels"
        options={CHANNELS.map(({ channel, label }) => ({ value: channel, label }))}
        value={filters.channel}
        onChange={(channel) => apply({ channel })}
        className="min-w-0 flex-1 sm:w-36 sm:flex-none"
      />
      {isFiltered(filters) ? (
        <Button
          variant="ghost"
          className="text-muted-foreground"
          onClick={() => apply({ agent: undefined, channel: undefined, q: undefined })}
        >
          <XIcon />
          Clear
        </Button>
      ) : null}
    </search>
  );
}
