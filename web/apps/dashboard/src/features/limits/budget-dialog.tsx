import type { Budget } from "@medea/api";
import { Dialog, DialogContent, FormField, Input, toast } from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { showProblems } from "@/lib/form-problems";
import { AgentSelect, PeriodSelect, UnpricedSwitch } from "./budget-fields";
import { type BudgetValues, changeOf, inputOf, startOf, validAmount } from "./budget-values";
import { useCreateBudget, useUpdateBudget } from "./queries";
import { ScopePicker } from "./scope-picker";

export interface BudgetDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Null for a new one. */
  budget: Budget | null;
}

export function BudgetDialog({ open, onOpenChange, budget }: BudgetDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <BudgetForm budget={budget} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function BudgetForm({ budget, onDone }: { budget: Budget | null; onDone: () => void }) {
  const create = useCreateBudget();
  const update = useUpdateBudget(budget?.id ?? "");
  const form = useForm<BudgetValues>({ defaultValues: startOf(budget) });
  const [problem, setProblem] = useState<string | null>(null);
  const { errors } = form.formState;
  const [scope, period, agentId] = form.watch(["scope", "period", "agent_id"]);
  const [usd, unpriced] = form.watch(["limit_usd", "unpriced"]);

  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await (budget ? update.mutateAsync(changeOf(values)) : create.mutateAsync(inputOf(values)));
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success(budget ? `${values.name.trim()} was saved` : `${values.name.trim()} is in force`);
    onDone();
  });

  return (
    <DialogForm
      title={budget ? `Edit ${budget.name}` : "Set a budget"}
      description={
        budget
          ? "What was used stays counted. Whom it is about and its period stay as they are."
          : "It counts from now on. Of several that apply, all must have room."
      }
      problem={problem}
      submitLabel={budget ? "Save" : "Set budget"}
      isSubmitting={create.isPending || update.isPending}
      onSubmit={submit}
    >
      <FormField label="Name" error={errors.name?.message}>
        <Input
          autoComplete="off"
          placeholder="Everything, per month"
          {...form.register("name", {
            validate: (value) => value.trim() !== "" || "Give the budget a name.",
          })}
        />
      </FormField>
      {budget ? null : (
        <>
          <ScopePicker value={scope} onChange={(next) => form.setValue("scope", next)} />
          {scope === "tenant" ? null : (
            <AgentSelect
              value={agentId}
              isRequired={scope === "agent"}
              error={errors.agent_id?.message}
              onChange={(next) => {
                form.clearErrors("agent_id");
                form.setValue("agent_id", next);
              }}
            />
          )}
          <PeriodSelect value={period} onChange={(next) => form.setValue("period", next)} />
        </>
      )}
      <div className="grid grid-cols-1 gap-5 sm:grid-cols-2">
        <FormField
          label="US dollars"
          hint="Empty: money is not limited."
          error={errors.limit_usd?.message}
        >
          <Input
            inputMode="decimal"
            autoComplete="off"
            placeholder="50"
            {...form.register("limit_usd", { validate: validAmount("money") })}
          />
        </FormField>
        <FormField
          label="Tokens"
          hint="Of prompts and answers."
          error={errors.limit_tokens?.message}
        >
          <Input
            inputMode="numeric"
            autoComplete="off"
            placeholder="2,000,000"
            {...form.register("limit_tokens", { validate: validAmount("tokens") })}
          />
        </FormField>
      </div>
      {usd.trim() === "" ? null : (
        <UnpricedSwitch value={unpriced} onChange={(next) => form.setValue("unpriced", next)} />
      )}
    </DialogForm>
  );
}
