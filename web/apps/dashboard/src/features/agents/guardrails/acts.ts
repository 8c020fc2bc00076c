/** What a rule did, in words. */

export interface Act {
  rule: string;
  action: string;
  name?: string;
  counts?: Record<string, number>;
  stage?: string;
}

const KINDS: Record<string, [string, string]> = {
  email: ["e-mail address", "e-mail addresses"],
  phone: ["phone number", "phone numbers"],
  card: ["card number", "card numbers"],
  iban: ["IBAN", "IBANs"],
  links: ["link", "links"],
};

function counted(counts: Record<string, number> | undefined): string {
  return Object.entries(counts ?? {})
    .map(([kind, count]) => {
      const [one, many] = KINDS[kind] ?? [kind.replaceAll("_", " "), kind.replaceAll("_", " ")];
      return `${count} ${count === 1 ? one : many}`;
    })
    .join(", ");
}

const REASONS: Record<string, string> = {
  "input.max_chars": "it is too long",
  "input.per_minute": "too many came within a minute",
};

function reasonOf({ rule, name }: Act): string {
  if (rule === "blocked.terms") return `it holds “${name}”`;
  if (rule === "blocked.patterns") return `it matches the pattern ${name}`;
  if (rule === "approval.answers") return ASKED[name ?? ""] ?? "every answer is looked at first";
  if (rule === "topics") return name ? `it is about ${name}` : "it is outside the topics";
  return REASONS[rule] ?? rule;
}

const ASKED: Record<string, string> = {
  unsupported: "the documents do not support all of it",
};

const DECIDED: Record<string, string> = {
  approved: "Somebody approved the answer.",
  declined: "Somebody declined the answer; what the rules say is shown instead.",
  answered: "Somebody wrote what is shown instead of the answer.",
  expired: "Nobody looked at the answer in time; what the rules say is shown instead.",
};

const WHERE: Record<string, string> = {
  tool: " in what tools gave",
  form: " in what the visitor filled in",
  history: " in the history that was brought along",
  answer: " in the answer",
};

/** "Refused without asking the model: it holds “falcon”." */
export function actSentence(act: Act): string {
  const where = WHERE[act.stage ?? ""] ?? "";
  if (act.action === "refused") return `Refused without asking the model: ${reasonOf(act)}.`;
  if (act.action === "withheld") return `The rest of the answer was withheld: ${reasonOf(act)}.`;
  if (act.action === "held") return `Held until somebody has looked at it: ${reasonOf(act)}.`;
  const decided = DECIDED[act.action];
  if (decided) return decided;
  if (act.action === "removed") return `Taken out of the answer: ${counted(act.counts)}.`;
  return `Hidden from the model${where}: ${counted(act.counts)}.`.replace(
    "Hidden from the model in the answer",
    "Hidden in the answer",
  );
}
