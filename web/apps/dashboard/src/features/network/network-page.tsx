import type { EgressCall } from "@medea/api";
import { Badge, CheckboxField, EmptyState, formatDateTime, Input } from "@medea/ui";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { NetworkIcon, SearchXIcon } from "lucide-react";
import { useState } from "react";
import { CursorList } from "@/components/cursor-list";
import { api } from "@/lib/api";
import { formatMilliseconds } from "@/lib/format";
import { usePageTitle } from "@/lib/page-title";
import { type EgressFilters, purposeLabel, refusalLabel } from "./filters";

const egressQuery = (filters: EgressFilters) =>
  infiniteQueryOptions({
    queryKey: ["egress", filters] as const,
    queryFn: ({ pageParam }) =>
      api.egress.list({ ...filters, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

/** Which hosts this workspace's work has called, and what was refused. */
export function NetworkPage({ filters }: { filters: EgressFilters }) {
  usePageTitle("Network");
  const list = useInfiniteQuery({
    ...egressQuery(filters),
    placeholderData: (previous) => previous,
  });
  return (
    <section className="grid grid-cols-1 gap-4" aria-labelledby="network-title">
      <div className="grid gap-1">
        <h2 id="network-title" className="font-semibold text-lg">
          Network
        </h2>
        <p className="text-muted-foreground text-sm">
          Requests that agents, tools, webhooks and knowledge sources of this workspace sent out,
          and those that were refused. Paths, queries and bodies are not recorded; entries are kept
          for some days.
        </p>
      </div>
      <Filters filters={filters} />
      <CursorList
        list={list}
        what="the log"
        label="Requests"
        empty={<NoCalls isFiltered={Boolean(filters.host || filters.refused)} />}
      >
        {(call) => <CallRow call={call} />}
      </CursorList>
    </section>
  );
}

function Filters({ filters }: { filters: EgressFilters }) {
  const navigate = useNavigate();
  const [host, setHost] = useState(filters.host ?? "");
  const go = (search: EgressFilters) =>
    void navigate({ to: "/dashboard/settings/network", search, replace: true });
  return (
    <search>
      <form
        className="flex flex-wrap items-center gap-x-4 gap-y-2"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = host.trim();
          go({
            ...(wanted ? { host: wanted } : {}),
            ...(filters.refused ? { refused: true } : {}),
          });
        }}
      >
        <Input
          className="w-full font-mono sm:w-64"
          aria-label="Host"
          placeholder="Part of a host, then Enter"
          spellCheck={false}
          maxLength={253}
          value={host}
          onChange={(event) => setHost(event.target.value)}
        />
        <CheckboxField
          label="Only what got no answer"
          checked={filters.refused ?? false}
          onCheckedChange={(on) =>
            go({
              ...(filters.host ? { host: filters.host } : {}),
              ...(on === true ? { refused: true } : {}),
            })
          }
        />
      </form>
    </search>
  );
}

function CallRow({ call }: { call: EgressCall }) {
  const isDefault = call.port === 443 || call.port === 80 || call.port === null;
  return (
    <li className="grid grid-cols-1 gap-x-6 gap-y-1 px-4 py-2.5 md:grid-cols-[minmax(0,1fr)_minmax(0,12rem)_9rem] md:items-center">
      <div className="min-w-0">
        <p className="break-all font-mono text-xs leading-5">
          {call.method} {call.host || "(unreadable address)"}
          {isDefault ? "" : `:${call.port}`}
        </p>
        <p className="text-muted-foreground text-xs">{purposeLabel(call.purpose)}</p>
      </div>
      <div className="min-w-0">
        {call.refusal ? (
          <Badge variant="destructive" className="max-w-full whitespace-normal">
            {refusalLabel(call.refusal)}
          </Badge>
        ) : (
          <Badge variant={(call.status ?? 0) < 400 ? "success" : "warning"}>
            Status {call.status}
          </Badge>
        )}
      </div>
      <p className="text-muted-foreground text-xs tabular-nums md:text-right">
        {formatDateTime(call.at)}
        <br className="max-md:hidden" />
        <span className="md:hidden">, </span>
        {formatMilliseconds(call.duration_ms)}
      </p>
    </li>
  );
}

function NoCalls({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState
      icon={SearchXIcon}
      title="No such requests"
      description="Nothing in the log fits; take a filter out."
    />
  ) : (
    <EmptyState
      icon={NetworkIcon}
      title="Nothing went out yet"
      description="The first request of a tool, a webhook or a model of your own appears here within a second or two."
    />
  );
}
