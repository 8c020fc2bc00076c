import type { Budget, BudgetChange, BudgetInput } from "@medea/api";
import { amountOf } from "./amounts";

/** What the form holds: amounts as they are typed. */
export interface BudgetValues {
  name: string;
  scope: Budget["scope"];
  period: Budget["period"];
  /** Empty: all agents. */
  agent_id: string;
  limit_usd: string;
  limit_tokens: string;
  unpriced: Budget["unpriced"];
}

export function startOf(budget: Budget | null): BudgetValues {
  return {
    name: budget?.name ?? "",
    scope: budget?.scope ?? "tenant",
    period: budget?.period ?? "month",
    agent_id: budget?.agent_id ?? "",
    limit_usd: budget?.limit_usd?.toString() ?? "",
    limit_tokens: budget?.limit_tokens?.toString() ?? "",
    unpriced: budget?.unpriced ?? "refuse",
  };
}

/** What is wrong with a typed amount; one of the two must be there. */
export function validAmount(unit: "money" | "tokens") {
  return (text: string, values: BudgetValues): true | string => {
    const amount = amountOf(text);
    const other = amountOf(unit === "money" ? values.limit_tokens : values.limit_usd);
    if (amount === null) {
      return other !== null || unit === "tokens" || "Limit dollars, tokens or both.";
    }
    if (Number.isNaN(amount) || amount <= 0) return "Enter a number above 0.";
    if (unit === "tokens" && !Number.isInteger(amount)) return "Tokens are whole.";
    return true;
  };
}

export function changeOf(values: BudgetValues): BudgetChange {
  return {
    name: values.name.trim(),
    limit_usd: amountOf(values.limit_usd),
    limit_tokens: amountOf(values.limit_tokens),
    unpriced: values.unpriced,
  };
}

export function inputOf(values: BudgetValues): BudgetInput {
  const isAboutAgent = values.scope !== "tenant" && values.agent_id !== "";
  return {
    name: values.name.trim(),
    scope: values.scope,
    period: values.period,
    agent_id: isAboutAgent ? values.agent_id : null,
    limit_usd: amountOf(values.limit_usd),
    limit_tokens: amountOf(values.limit_tokens),
    unpriced: values.unpriced,
  };
}
