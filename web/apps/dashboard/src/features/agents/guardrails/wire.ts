/** Guardrails as they are sent: blank rows stay at home, and a blank sentence means the usual one. */
import type { Guardrails, NamedPattern } from "@medea/api";

const lines = (rows: readonly string[]): string[] => rows.filter((row) => row.trim() !== "");

const patterns = (rows: readonly NamedPattern[]): NamedPattern[] =>
  rows.filter((row) => row.name.trim() !== "" && row.pattern !== "");

const sentence = (text: string): string | undefined => text.trim() || undefined;

export function guardrailsToWire({ input, topics, blocked, pii, links, approval }: Guardrails) {
  return {
    input: { ...input, reply: sentence(input.reply) },
    topics: {
      ...topics,
      allowed: lines(topics.allowed),
      forbidden: lines(topics.forbidden),
      reply: sentence(topics.reply),
    },
    blocked: {
      ...blocked,
      terms: lines(blocked.terms),
      patterns: patterns(blocked.patterns),
      reply: sentence(blocked.reply),
      replacement: sentence(blocked.replacement),
    },
    pii: { ...pii, allowed: lines(pii.allowed), patterns: patterns(pii.patterns) },
    links: { ...links, hosts: lines(links.hosts) },
    approval: { ...approval, replacement: sentence(approval.replacement) },
  };
}

/** How many groups of rules are at work. */
export function rulesAtWork({ input, topics, blocked, pii, links, approval }: Guardrails): number {
  return [
    input.max_chars !== null || input.per_minute !== null,
    topics.allowed.length + topics.forbidden.length > 0,
    blocked.terms.length + blocked.patterns.length > 0,
    pii.kinds.length + pii.patterns.length > 0,
    links.only_listed,
    approval.unsafe_tools || approval.answers !== "off",
  ].filter(Boolean).length;
}
