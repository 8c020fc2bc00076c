import type { Budget } from "@medea/api";
import { Badge } from "@medea/ui";
import { PencilIcon, Trash2Icon } from "lucide-react";
import { RowAction } from "@/components/row-action";
import { formatMoment } from "@/lib/format";
import { gaugesOf, levelOf } from "./amounts";
import { EndUsers } from "./end-users";
import { Meter } from "./meter";

export interface BudgetRowProps {
  budget: Budget;
  /** Of the agent that it is about; undefined while that is not known or there is none. */
  agentName: string | undefined;
  canWrite: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

function whoseIs({ scope, agent_id }: Budget, agentName: string | undefined): string {
  const agent = agentName ?? "one agent";
  if (scope === "tenant") return "All agents together";
  if (scope === "agent") return agent;
  return agent_id ? `Each visitor of ${agent}` : "Each visitor";
}

const PERIODS = { day: "per day", month: "per month" };

/** A budget: whom it is about, how far it is, when it begins anew. */
export function BudgetRow({ budget, agentName, canWrite, onEdit, onDelete }: BudgetRowProps) {
  const level = levelOf(budget.share);
  const isPerVisitor = budget.scope === "end_user";
  return (
    <li className="grid gap-3.5 px-5 py-4">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
            <span className="break-words">{budget.name}</span>
            {level === "near" ? <Badge variant="warning">Nearly used up</Badge> : null}
            {level === "spent" ? <Badge variant="destructive">Used up</Badge> : null}
          </h3>
          <p className="mt-0.5 text-muted-foreground text-sm">
            {whoseIs(budget, agentName)}, {PERIODS[budget.period]}
          </p>
        </div>
        {canWrite ? (
          <div className="-mt-1 -mr-2 flex shrink-0">
            <RowAction action="Edit" name={budget.name} onClick={onEdit}>
              <PencilIcon />
            </RowAction>
            <RowAction action="Delete" name={budget.name} isDestructive onClick={onDelete}>
              <Trash2Icon />
            </RowAction>
          </div>
        ) : null}
      </div>
      {isPerVisitor ? (
        <EndUsers budget={budget} />
      ) : (
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-[repeat(auto-fit,minmax(14rem,1fr))] sm:gap-6">
          {gaugesOf(budget).map((gauge) => (
            <Meter key={gauge.unit} gauge={gauge} label={`${budget.name}: ${gauge.unit} used`} />
          ))}
        </div>
      )}
      <p className="text-muted-foreground text-xs">
        Begins anew on <time dateTime={budget.resets_at}>{formatMoment(budget.resets_at)}</time>
        {budget.limit_usd !== null && budget.unpriced === "pass"
          ? " · models without a known price are let pass"
          : null}
      </p>
    </li>
  );
}
