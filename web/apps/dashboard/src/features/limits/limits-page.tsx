import type { Budget } from "@medea/api";
import { Button, ConfirmDialog, Notice, toast } from "@medea/ui";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { PlusIcon, WalletIcon } from "lucide-react";
import { useState } from "react";
import { ListCard } from "@/components/list-card";
import { LoadFailure } from "@/components/load-failure";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { allAgentsQuery } from "@/features/agents";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { levelOf } from "./amounts";
import { BudgetDialog } from "./budget-dialog";
import { BudgetRow } from "./budget-row";
import { InForce } from "./in-force";
import { budgetsQuery, limitsQuery, useDeleteBudget } from "./queries";

/** Which budget the form is about; "new" for one that is to be set. */
type Editing = Budget | "new" | null;

export function LimitsPage() {
  usePageTitle("Usage & limits", "Settings");
  const canWrite = useCan("billing:write");
  const budgets = useQuery(budgetsQuery);
  const limits = useQuery(limitsQuery);
  const [editing, setEditing] = useState<Editing>(null);
  const [leaving, setLeaving] = useState<Budget | null>(null);
  const remove = useDeleteBudget();
  return (
    <div>
      {canWrite ? null : <ReadOnlyNotice what="the budgets" className="mb-6" />}
      <div className="grid grid-cols-1 gap-6">
        <NearLimit budgets={budgets.data ?? []} />
        <BudgetList
          budgets={budgets}
          canWrite={canWrite}
          onAdd={() => setEditing("new")}
          onEdit={setEditing}
          onDelete={setLeaving}
        />
        {limits.data ? <InForce limits={limits.data} /> : null}
        {limits.isLoadingError ? (
          <LoadFailure
            error={limits.error}
            what="the limits in force"
            onRetry={() => void limits.refetch()}
          />
        ) : null}
      </div>
      <BudgetDialog
        key={editing === "new" ? "new" : editing?.id}
        open={editing !== null}
        onOpenChange={() => setEditing(null)}
        budget={editing === "new" ? null : editing}
      />
      {leaving ? (
        <ConfirmDialog
          open
          onOpenChange={() => setLeaving(null)}
          title={`Delete ${leaving.name}?`}
          description="What it bounds can be spent without this limit from now on. Its figures are erased."
          confirmLabel="Delete budget"
          onConfirm={async () => {
            await remove.mutateAsync(leaving.id);
            toast.success(`${leaving.name} was deleted`);
          }}
        />
      ) : null}
    </div>
  );
}

interface BudgetListProps {
  budgets: UseQueryResult<Budget[]>;
  canWrite: boolean;
  onAdd: () => void;
  onEdit: (budget: Budget) => void;
  onDelete: (budget: Budget) => void;
}

function BudgetList({ budgets, canWrite, onAdd, onEdit, onDelete }: BudgetListProps) {
  const agents = useQuery(allAgentsQuery);
  const nameOf = (id: string | null) => agents.data?.data.find((agent) => agent.id === id)?.name;
  const add = (
    <Button size="sm" onClick={onAdd}>
      <PlusIcon />
      Set a budget
    </Button>
  );
  return (
    <ListCard
      title="Budgets"
      description="What agents may spend on models. Nothing is begun that does not fit: visitors are told politely, owners get a mail at 80 % and at the end."
      list={budgets}
      what="the budgets"
      empty={{
        icon: WalletIcon,
        title: "Spending is not bounded",
        description: canWrite
          ? "Set what all agents, one agent or each visitor may use in a day or a month, in dollars or tokens."
          : "Nobody has set a budget yet.",
      }}
      action={canWrite ? add : null}
    >
      {(budget) => (
        <BudgetRow
          budget={budget}
          agentName={nameOf(budget.agent_id)}
          canWrite={canWrite}
          onEdit={() => onEdit(budget)}
          onDelete={() => onDelete(budget)}
        />
      )}
    </ListCard>
  );
}

const named = (budgets: Budget[]): string => budgets.map((budget) => budget.name).join(", ");

/** Says first what needs somebody's attention. */
function NearLimit({ budgets }: { budgets: Budget[] }) {
  const shared = budgets.filter((budget) => budget.scope !== "end_user");
  const spent = shared.filter((budget) => levelOf(budget.share) === "spent");
  const near = shared.filter((budget) => levelOf(budget.share) === "near");
  if (spent.length > 0) {
    return (
      <Notice variant="destructive" title={`Used up: ${named(spent)}`}>
        Agents that this covers do not answer until it begins anew or you raise it.
      </Notice>
    );
  }
  if (near.length > 0) {
    return (
      <Notice variant="warning" title={`Nearly used up: ${named(near)}`}>
        At the limit, agents that this covers stop answering.
      </Notice>
    );
  }
  return null;
}
