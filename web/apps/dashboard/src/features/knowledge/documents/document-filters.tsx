import type { DocumentStatus } from "@medea/api";
import { FilterSelect } from "@/components/filter-select";
import { SearchBox } from "@/components/search-box";
import type { DocumentFilters } from "../queries";
import { STATUSES, statusLabel } from "../status";

interface DocumentFilterBarProps {
  filters: DocumentFilters;
  onChange: (filters: DocumentFilters) => void;
}

const STATES = STATUSES.map((status) => ({ value: status, label: statusLabel(status) }));

/** Filters of the list; they live in the address bar. */
export function DocumentFilterBar({ filters, onChange }: DocumentFilterBarProps) {
  const apply = (status: DocumentStatus | undefined, q: string | undefined) =>
    onChange({ ...(status ? { status } : {}), ...(q ? { q } : {}) });
  return (
    <search className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
      <SearchBox
        label="Search documents"
        placeholder="Search by name"
        value={filters.q ?? ""}
        onSearch={(q) => apply(filters.status, q)}
        className="min-w-36 flex-1 sm:max-w-64"
      />
      <FilterSelect
        label="State"
        all="All states"
        options={STATES}
        value={filters.status}
        onChange={(status) => apply(status, filters.q)}
        className="w-32"
      />
    </search>
  );
}
