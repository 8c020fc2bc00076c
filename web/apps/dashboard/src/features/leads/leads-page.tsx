import { type Lead, leadsExportHref } from "@medea/api";
import { Button, ConfirmDialog, EmptyState, PageHeader, toast } from "@medea/ui";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ClipboardList, Download } from "lucide-react";
import { useState } from "react";
import { CursorList, rowsOf } from "@/components/cursor-list";
import { NothingMatches, ToAgents } from "@/components/nothing-here";
import { Page } from "@/components/page";
import { allAgentsQuery } from "@/features/agents";
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
  const leads = rowsOf(list);
  const canDelete = useCan("leads:write");
  const agents = useQuery(allAgentsQuery);
  const remove = useDeleteLead();
  const [leaving, setLeaving] = useState<Lead | null>(null);
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
      <CursorList
        list={list}
        what="the leads"
        label="Leads"
        empty={<NothingHere isFiltered={isFiltered(filters)} />}
        isEndless
      >
        {(lead) => (
          <LeadRow
            lead={lead}
            agent={
              agents.isSuccess
                ? agents.data.data.find((agent) => agent.id === lead.agent_id)?.name
                : " "
            }
            canDelete={canDelete}
            onDelete={() => setLeaving(lead)}
          />
        )}
      </CursorList>
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
    </Page>
  );
}

function NothingHere({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <NothingMatches what="lead" to="/dashboard/leads" />;
  return (
    <EmptyState
      icon={ClipboardList}
      title="No leads yet"
      description="Give an agent the tool “Show a form”, and tell it in its prompt what to ask for and when: an e-mail address before a quote, say. What visitors fill in appears here."
      action={<ToAgents />}
    />
  );
}
