import { type Lead, leadsExportHref } from "@medea/api";
import { Button, Card, ConfirmDialog, EmptyState, PageHeader, Skeleton, toast } from "@medea/ui";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ClipboardList, Download, SearchX } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { LoadMore } from "@/components/load-more";
import { Page } from "@/components/page";
import { agentListQuery } from "@/features/agents";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { asQuery, isFiltered, type LeadFilters } from "./filters";
import { LeadFilterBar } from "./lead-filters";
import { LeadRow, nameOf } from "./lead-row";
import { leadListQuery, useDeleteLead } from "./queries";

/** What visitors filled in, in the forms that agents showed them. */
export function LeadsPage({ filters }: { filters: LeadFilters }) {
  usePageTitle("Leads");
  const list = useInfiniteQuery({
    ...leadListQuery(filters),
    placeholderData: (previous) => previous,
  });
  const leads = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Leads"
        description="What visitors filled in, in the forms that your agents showed them."
        actions={
          leads.length > 0 ? (
            <Button asChild variant="outline">
              <a href={leadsExportHref(asQuery(filters))} download="leads.csv">
                <Download />
                Export CSV
              </a>
            </Button>
          ) : null
        }
      />
      {leads.length > 0 || isFiltered(filters) ? <LeadFilterBar filters={filters} /> : null}
      {list.isPending ? (
        <ListSkeleton />
      ) : list.isError ? (
        <LoadFailure error={list.error} what="the leads" onRetry={() => void list.refetch()} />
      ) : leads.length === 0 ? (
        <NothingHere isFiltered={isFiltered(filters)} />
      ) : (
        <div className={list.isPlaceholderData ? "opacity-60" : ""}>
          <LeadList leads={leads} />
          {list.hasNextPage ? (
            <LoadMore
              isLoading={list.isFetchingNextPage}
              onLoad={() => {
                if (!list.isFetching) void list.fetchNextPage();
              }}
            />
          ) : null}
        </div>
      )}
    </Page>
  );
}

function LeadList({ leads }: { leads: Lead[] }) {
  const canDelete = useCan("leads:write");
  const agents = useQuery(agentListQuery(""));
  const remove = useDeleteLead();
  const [leaving, setLeaving] = useState<Lead | null>(null);
  return (
    <Card className="overflow-hidden">
      <ul className="divide-y" aria-label="Leads">
        {leads.map((lead) => (
          <LeadRow
            key={lead.id}
            lead={lead}
            agent={
              agents.isSuccess
                ? agents.data.data.find((agent) => agent.id === lead.agent_id)?.name
                : " "
            }
            canDelete={canDelete}
            onDelete={() => setLeaving(lead)}
          />
        ))}
      </ul>
      <ConfirmDialog
        open={leaving !== null}
        onOpenChange={(open) => !open && setLeaving(null)}
        title={leaving ? `Delete ${nameOf(leaving)}?` : ""}
        description="What was filled in is lost here; the conversation stays as it is. This cannot be undone."
        confirmLabel="Delete lead"
        onConfirm={async () => {
          if (leaving) await remove.mutateAsync(leaving.id);
          toast.success("The lead is deleted");
        }}
      />
    </Card>
  );
}

function NothingHere({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState
        icon={SearchX}
        title="Nothing matches"
        description="No lead fits these filters."
        action={
          <Button asChild variant="outline" size="sm">
            <Link to="/dashboard/leads">Clear filters</Link>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={ClipboardList}
      title="No leads yet"
      description="Give an agent the tool “Show a form”, and tell it in its prompt what to ask for and when: an e-mail address before a quote, say. What visitors fill in appears here."
      action={
        <Button asChild size="sm">
          <Link to="/dashboard/agents">Go to your agents</Link>
        </Button>
      }
    />
  );
}

function ListSkeleton() {
  return (
    <Card className="divide-y" role="status" aria-label="Loading leads">
      {["a", "b", "c", "d"].map((row) => (
        <div key={row} className="grid gap-2 px-4 py-4">
          <Skeleton className="h-4 w-1/4" />
          <Skeleton className="h-4 w-1/2" />
        </div>
      ))}
    </Card>
  );
}
