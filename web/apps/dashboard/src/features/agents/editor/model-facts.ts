import type { LlmModel } from "@medea/api";
import { formatCompact } from "@/lib/format";

/** Stands for `model: null`: whatever the workspace's default provider is set to. */
export const DEFAULT_MODEL: LlmModel = {
  id: "",
  name: "Workspace default",
  provider: "default",
  context_window: null,
  input_price: null,
  output_price: null,
  cached_input_price: null,
  has_tools: null,
  has_vision: null,
  is_deprecated: false,
  is_enabled: true,
  disabled_by: null,
  said_by: "unknown",
};

const price = (value: number) =>
  `$${value < 1 ? value.toFixed(2) : value.toFixed(value < 10 ? 2 : 0)}`;

/** Context and prices in a line: "128K context · $0.15 in · $0.60 out". */
export function modelFacts(model: LlmModel): string {
  if (model.provider === "default") return "Follows the default provider in settings";
  if (!model.is_enabled) return whyDisabled(model);
  const facts: string[] = [];
  if (model.context_window) facts.push(`${formatCompact(model.context_window)} context`);
  if (model.provider === "offline") facts.push("runs on this server, free");
  else if (model.input_price === 0 && model.output_price === 0) facts.push("free");
  else {
    if (model.input_price !== null) facts.push(`${price(model.input_price)} in`);
    if (model.output_price !== null) facts.push(`${price(model.output_price)} out`);
  }
  return facts.join(" · ") || model.id;
}

/** Who switched it off, and where it is switched on again. */
export function whyDisabled(model: LlmModel): string {
  return model.disabled_by === "operator"
    ? "Switched off by who runs this server"
    : "Switched off in settings";
}

export interface ModelGroup {
  label: string;
  models: LlmModel[];
}

const LABELS: Record<string, string> = { offline: "Built in", platform: "From this server" };

/** Models by where they come from; a tenant's own providers first. */
export function groupModels(models: readonly LlmModel[]): ModelGroup[] {
  const groups = new Map<string, LlmModel[]>();
  for (const model of models) {
    const label = LABELS[model.provider] ?? "Your providers";
    groups.set(label, [...(groups.get(label) ?? []), model]);
  }
  const order = ["Your providers", "From this server", "Built in"];
  return [...groups]
    .map(([label, list]) => ({ label, models: list }))
    .sort((a, b) => order.indexOf(a.label) - order.indexOf(b.label));
}
