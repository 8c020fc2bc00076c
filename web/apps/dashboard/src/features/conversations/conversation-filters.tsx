import type { Channel } from "@medea/api";
import {
  Button,
  Input,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { SearchIcon, XIcon } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { AgentSelect } from "@/features/agents";
import { CHANNELS, type ConversationFilters, isFiltered } from "./filters";

const ALL = "all";

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
        key={filters.q === undefined ? "empty" : "set"}
        value={filters.q ?? ""}
        onSearch={(q) => apply({ q })}
      />
      <AgentSelect
        by="slug"
        value={filters.agent}
        other={filters.agent}
        onChange={(agent) => apply({ agent })}
        className="min-w-0 flex-1 sm:w-44 sm:flex-none"
      />
      <Select
        value={filters.channel ?? ALL}
        onValueChange={(value) =>
          apply({ channel: value === ALL ? undefined : (value as Channel) })
        }
      >
        <SelectTrigger aria-label="Channel" className="min-w-0 flex-1 sm:w-36 sm:flex-none">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={ALL}>All channels</SelectItem>
          {CHANNELS.map(({ channel, label }) => (
            <SelectItem key={channel} value={channel}>
              {label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
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

function SearchBox({ value, onSearch }: { value: string; onSearch: (q: string) => void }) {
  const [text, setText] = useState(value);
  const send = useRef(onSearch);
  send.current = onSearch;
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => send.current(text.trim()), 300);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <div className="relative w-full sm:w-64">
      <SearchIcon className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted-foreground" />
      <Input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Search conversations"
        aria-label="Search conversations"
        className="pl-9 [&::-webkit-search-cancel-button]:hidden"
      />
    </div>
  );
}
