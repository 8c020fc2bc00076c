/**
 * What somebody has typed over an agent's draft, and how much of it the server has.
 *
 * Typed values stay on screen until the editor closes: the server may normalise what it stores
 * (trim, drop empty rows), and taking its version over would move the caret in mid-word.
 */
import type { Agent, AgentDraft, AgentInput } from "@medea/api";
import { guardrailsToWire } from "../guardrails/wire";

export const DRAFT_FIELDS = [
  "name",
  "description",
  "system_prompt",
  "examples",
  "model",
  "fallbacks",
  "temperature",
  "max_output_tokens",
  "greeting",
  "suggested_questions",
  "appearance",
  "retrieval",
  "tools",
  "tool_limits",
  "guardrails",
] as const satisfies readonly (keyof AgentDraft)[];

export type DraftField = (typeof DRAFT_FIELDS)[number];

export interface DraftState {
  /** Values as typed, by field. */
  typed: Partial<AgentDraft>;
  /** What the server accepted last, in wire form, by field. */
  accepted: AgentInput;
  isSaving: boolean;
  error: unknown;
}

export const emptyDraft: DraftState = { typed: {}, accepted: {}, isSaving: false, error: null };

export type DraftAction =
  | { type: "edit"; values: Partial<AgentDraft> }
  | { type: "saving" }
  | { type: "saved"; sent: AgentInput }
  | { type: "failed"; error: unknown }
  | { type: "reset" };

export function draftReducer(state: DraftState, action: DraftAction): DraftState {
  switch (action.type) {
    case "edit":
      return { ...state, typed: { ...state.typed, ...action.values }, error: null };
    case "saving":
      return { ...state, isSaving: true, error: null };
    case "saved":
      return {
        ...state,
        isSaving: false,
        error: null,
        accepted: { ...state.accepted, ...action.sent },
      };
    case "failed":
      return { ...state, isSaving: false, error: action.error };
    case "reset":
      return emptyDraft;
  }
}

/** The draft as the screen shows it. */
export function shownDraft(agent: Agent, state: DraftState): Agent {
  return { ...agent, ...state.typed };
}

/** A field's value as it is sent: unfinished rows stay at home, computed members too. */
export function toWire<F extends DraftField>(field: F, value: AgentDraft[F]): unknown {
  if (field === "examples") {
    return (value as AgentDraft["examples"]).filter(
      (row) => row.user.trim() && row.assistant.trim(),
    );
  }
  if (field === "fallbacks") {
    return (value as AgentDraft["fallbacks"]).filter((row) => row.model && row.on.length > 0);
  }
  if (field === "suggested_questions") {
    return (value as string[]).filter((question) => question.trim() !== "");
  }
  if (field === "appearance") {
    const { on_accent: _computed, ...appearance } = value as AgentDraft["appearance"];
    return appearance;
  }
  if (field === "guardrails") return guardrailsToWire(value as AgentDraft["guardrails"]);
  return value;
}

/** What the server does not have yet, ready to be sent; null when it has everything. */
export function unsaved(agent: Agent, state: DraftState): AgentInput | null {
  const changes: Record<string, unknown> = {};
  for (const field of DRAFT_FIELDS) {
    if (!(field in state.typed)) continue;
    const wanted = toWire(field, state.typed[field] as AgentDraft[typeof field]);
    const known =
      field in state.accepted
        ? state.accepted[field as keyof AgentInput]
        : toWire(field, agent[field]);
    if (JSON.stringify(wanted) !== JSON.stringify(known)) changes[field] = wanted;
  }
  return Object.keys(changes).length === 0 ? null : (changes as AgentInput);
}

export type SaveStatus = "saved" | "pending" | "saving" | "failed";

export function saveStatus(agent: Agent, state: DraftState): SaveStatus {
  if (state.isSaving) return "saving";
  if (state.error !== null) return "failed";
  return unsaved(agent, state) ? "pending" : "saved";
}
