import type { Budget } from "@medea/api";
import { formatCompact, formatNumber } from "@/lib/format";

/** How far a budget is: fine, from 80 % near its limit, at 100 % spent. */
export type Level = "fine" | "near" | "spent";

export function levelOf(share: number): Level {
  if (share >= 1) return "spent";
  return share >= 0.8 ? "near" : "fine";
}

/** US dollars as limits are set: cents, and more digits only where cents say nothing. */
export function formatMoney(usd: number): string {
  if (usd > 0 && usd < 0.01) return `$${usd.toPrecision(1)}`;
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export const formatTokens = (tokens: number): string =>
  tokens < 100_000 ? formatNumber(tokens) : formatCompact(tokens);

/** Rounded down, so that 100 % is said only of what is really spent. */
export const formatShare = (share: number): string => `${Math.floor(share * 100)} %`;

/** One bar of a budget: what it counts, as parts of the limit. */
export interface Gauge {
  unit: "money" | "tokens";
  used: number;
  reserved: number;
  limit: number;
  show: (value: number) => string;
}

/** The bars of a budget: one for each limit that it has. */
export function gaugesOf(budget: Pick<Budget, "used" | "reserved" | "limit_usd" | "limit_tokens">) {
  const { used, reserved } = budget;
  const gauges: Gauge[] = [];
  if (budget.limit_usd !== null) {
    const [limit, show] = [budget.limit_usd, formatMoney];
    gauges.push({ unit: "money", used: used.usd, reserved: reserved.usd, limit, show });
  }
  if (budget.limit_tokens !== null) {
    const [limit, show] = [budget.limit_tokens, formatTokens];
    gauges.push({ unit: "tokens", used: used.tokens, reserved: reserved.tokens, limit, show });
  }
  return gauges;
}

/** What a field of an amount holds: a number, null where it is empty, NaN where it is none. */
export function amountOf(text: string): number | null {
  const plain = text.replaceAll(/[\s,_$]/gu, "");
  return plain === "" ? null : Number(plain);
}
