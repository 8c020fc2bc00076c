import type { DocumentStatus } from "@medea/api";
import { Input, Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@medea/ui";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { DocumentFilters } from "../queries";
import { STATUSES, statusLabel } from "../status";

const ALL = "all";

interface DocumentFilterBarProps {
  filters: DocumentFilters;
  onChange: (filters: DocumentFilters) => void;
}

/** Filters of the list; they live in the address bar. */
export function DocumentFilterBar({ filters, onChange }: DocumentFilterBarProps) {
  const apply = (status: DocumentStatus | undefined, q: string | undefined) =>
    onChange({ ...(status ? { status } : {}), ...(q ? { q } : {}) });
  return (
    <search className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
      <SearchBox value={filters.q ?? ""} onSearch={(q) => apply(filters.status, q)} />
      <Select
        value={filters.status ?? ALL}
        onValueChange={(value) =>
          apply(value === ALL ? undefined : (value as DocumentStatus), filters.q)
        }
      >
        <SelectTrigger aria-label="State" className="w-32">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={ALL}>All states</SelectItem>
          {STATUSES.map((status) => (
            <SelectItem key={status} value={status}>
              {statusLabel(status)}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
    </search>
  );
}

function SearchBox({ value, onSearch }: { value: string; onSearch: (q: string) => void }) {
  const [text, setText] = useState(value);
  const send = useRef(onSearch);
  send.current = onSearch;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => send.current(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <div className="relative min-w-36 flex-1 sm:max-w-64">
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted-foreground"
      />
      <Input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Search by name"
        aria-label="Search documents"
        className="pl-9 [&::-webkit-search-cancel-button]:hidden"
      />
    </div>
  );
}
