import type { Guardrails } from "@medea/api";
import { useDraft } from "../editor/draft-context";

/** The guardrails of the draft, and how one group of them is changed. */
export function useRules<G extends keyof Guardrails>(group: G) {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const rules = agent.guardrails[group];
  return {
    rules,
    canWrite,
    change: (values: Partial<Guardrails[G]>) =>
      edit({ guardrails: { ...agent.guardrails, [group]: { ...rules, ...values } } }),
    errorOf: (field: keyof Guardrails[G] & string) => fieldError(`guardrails.${group}.${field}`),
  };
}
