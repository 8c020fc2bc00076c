import type { StoredEvent } from "@medea/api";
import { type Act, actSentence } from "@/features/agents";
import { formatMilliseconds, formatNumber, formatUsd } from "@/lib/format";

export type EventTone = "plain" | "good" | "bad" | "warn";

export interface EventReading {
  sentence: string;
  tone: EventTone;
}

type Data = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

function excerpt(value: unknown): string {
  const flat = text(value).replace(/\s+/gu, " ").trim();
  return flat.length > 90 ? `${flat.slice(0, 90)}…` : flat;
}

/** "visitor" of "vis_018f…", for the sentence "… by a visitor". */
function actor(value: unknown): string {
  const id = text(value);
  const kinds: [RegExp, string][] = [
    [/^vis_/u, "the visitor"],
    [/^usr_/u, "a member"],
    [/^key_/u, "an API key"],
  ];
  return kinds.find(([rule]) => rule.test(id))?.[1] ?? (id || "the system");
}

const places: Record<string, string> = {
  widget: " on a website",
  playground: " in the playground",
  api: " through the API",
  openai: " through the OpenAI API",
};

function started(data: Data): string {
  const where = places[text(data.channel)] ?? "";
  const draft = data.is_draft === true ? ", with the unpublished draft" : "";
  const past = Array.isArray(data.history) ? data.history.length : 0;
  const history =
    past > 0 ? `, bringing ${past} earlier ${past === 1 ? "message" : "messages"}` : "";
  return `The conversation began${where}${draft}${history}.`;
}

function completed(data: Data): string {
  const usage = (data.usage ?? {}) as Data;
  const cost = number(data.cost_usd);
  const total = number(data.total_ms);
  const first = number(data.first_token_ms);
  const parts = [
    number(usage.output_tokens) === null
      ? null
      : `${formatNumber(number(usage.output_tokens) ?? 0)} tokens`,
    total === null ? null : formatMilliseconds(total),
    first === null ? null : `first token after ${formatMilliseconds(first)}`,
    cost === null ? null : formatUsd(cost),
  ].filter(Boolean);
  const facts = parts.length > 0 ? `: ${parts.join(", ")}` : "";
  return `${text(data.model) || "The model"} finished the reply${facts}.`;
}

function turnStarted(data: Data): string {
  const attempt = number(data.attempt) ?? 1;
  const version = number(data.agent_version);
  const by = version === null ? "with the draft" : `with version ${version}`;
  const model = text(data.model) ? ` on ${text(data.model)}` : "";
  if (attempt > 1) return `A worker began again, attempt ${attempt}, ${by}${model}.`;
  return `A worker began the reply ${by}${model}.`;
}

function feedback(data: Data): string {
  const who = actor(data.by);
  const comment = excerpt(data.comment);
  const said = comment ? `: “${comment}”` : ".";
  const Who = who.charAt(0).toUpperCase() + who.slice(1);
  if (data.rating === "up") return `${Who} found the reply helpful${said}`;
  if (data.rating === "down") return `${Who} found the reply not helpful${said}`;
  return `${Who} took the rating back.`;
}

function retrieved(data: Data): string {
  const found = Array.isArray(data.passages) ? data.passages.length : 0;
  const what = found === 0 ? "nothing" : found === 1 ? "1 passage" : `${found} passages`;
  const how = data.mode === "lexical" ? ", by words alone" : "";
  return `The documents were searched${how}: ${what} for “${excerpt(data.query)}”`;
}

function returned(data: Data): EventReading {
  const took = number(data.duration_ms);
  const time = took === null ? "" : ` after ${formatMilliseconds(took)}`;
  const error = (data.error ?? null) as Data | null;
  if (error) return { sentence: `The tool failed${time}: ${text(error.message)}`, tone: "bad" };
  return { sentence: `The tool gave its result${time}.`, tone: "plain" };
}

function reviewed(data: Data): string {
  const who = actor(data.by);
  const note = excerpt(data.comment);
  const said = note ? `: “${note}”` : ".";
  if (data.decision === "approved") return `The answer was approved by ${who}${said}`;
  if (data.decision === "answered") return `Something else was said by ${who}${said}`;
  if (data.decision === "expired") return "Nobody looked at the answer in time.";
  return `The answer was declined by ${who}${said}`;
}

/** Why a model gave no answer, after its name. */
export function whyNot(reason: unknown): string {
  if (reason === "timeout") return "did not begin in time";
  if (reason === "budget") return "was beyond the budget";
  return "failed";
}

const readers: Record<string, (data: Data) => EventReading> = {
  ConversationStarted: (data) => ({ sentence: started(data), tone: "plain" }),
  PromptReceived: (data) => ({
    sentence: data.replaces
      ? `The last reply is to be written once more: “${excerpt(data.text)}”`
      : `A message came in: “${excerpt(data.text)}”`,
    tone: "plain",
  }),
  TurnStarted: (data) => ({
    sentence: turnStarted(data),
    tone: (number(data.attempt) ?? 1) > 1 ? "warn" : "plain",
  }),
  TurnCancelRequested: (data) => ({
    sentence: `Stopping was asked for by ${actor(data.by)}.`,
    tone: "warn",
  }),
  ContextRetrieved: (data) => ({ sentence: retrieved(data), tone: "plain" }),
  ModelFellBack: (data) => ({
    sentence: `${text(data.model) || "The default model"} ${whyNot(data.reason)}; ${text(data.to)} took over: ${excerpt(data.detail)}`,
    tone: "warn",
  }),
  StepCompleted: (data) => ({
    sentence: `${text(data.model) || "The model"} asked for a tool${text(data.text) ? `, saying “${excerpt(data.text)}”` : "."}`,
    tone: "plain",
  }),
  ToolCalled: (data) => ({ sentence: `The tool ${text(data.name)} was called.`, tone: "plain" }),
  ToolReturned: returned,
  ToolApprovalRequested: () => ({
    sentence: "The visitor is asked whether this may be done.",
    tone: "warn",
  }),
  ToolApprovalAnswered: (data) => ({
    sentence: data.is_approved
      ? `It was allowed by ${actor(data.by)}.`
      : `It was not allowed by ${actor(data.by)}.`,
    tone: data.is_approved ? "good" : "warn",
  }),
  GuardrailActed: (data) => ({
    sentence: actSentence(data as unknown as Act),
    tone: data.action === "hidden" ? "plain" : "warn",
  }),
  TurnPaused: () => ({ sentence: "The reply waits for an answer.", tone: "plain" }),
  AnswerHeld: () => ({ sentence: "Somebody is to look at the answer first.", tone: "warn" }),
  AnswerReviewed: (data) => ({
    sentence: reviewed(data),
    tone: data.decision === "approved" ? "good" : "warn",
  }),
  HandoffRequested: (data) => ({
    sentence: `The agent asked for a person to take over: ${excerpt(data.reason)}`,
    tone: "warn",
  }),
  ReplyCompleted: (data) => ({ sentence: completed(data), tone: "good" }),
  TurnFailed: (data) => ({
    sentence: `The reply failed: ${text(data.message) || text(data.code) || "no reason given"}`,
    tone: "bad",
  }),
  TurnCancelled: (data) => ({
    sentence: `The reply was stopped by ${actor(data.by)}.`,
    tone: "warn",
  }),
  FeedbackGiven: (data) => ({
    sentence: feedback(data),
    tone: data.rating === "up" ? "good" : data.rating === "down" ? "bad" : "plain",
  }),
  ConversationRenamed: (data) => ({
    sentence: `Renamed to “${excerpt(data.title)}” by ${actor(data.by)}.`,
    tone: "plain",
  }),
};

/** An event in words; one that this page does not know yet is named after its type. */
export function readEvent(event: Pick<StoredEvent, "name" | "data">): EventReading {
  const read = readers[event.name];
  if (read) return read(event.data);
  const words = event.name.replace(/([a-z])([A-Z])/gu, "$1 $2").toLowerCase();
  return { sentence: `${words.charAt(0).toUpperCase()}${words.slice(1)}.`, tone: "plain" };
}
