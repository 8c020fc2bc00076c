import type { Agent, ApiKey, Conversation, Guardrails } from "@medea/api";

const AT = "2026-11-20T10:00:00Z";

/** An agent that was just created, with whatever a test cares about. */
export function anAgent(values: Partial<Agent> = {}): Agent {
  return {
    id: "agt_00000000000000000000000000000001",
    slug: "support",
    name: "Support",
    description: "",
    system_prompt: "",
    examples: [],
    model: null,
    fallbacks: [],
    temperature: null,
    max_output_tokens: null,
    greeting: "",
    suggested_questions: [],
    appearance: {
      accent: "#1f5a46",
      on_accent: "#ffffff",
      theme: "auto",
      position: "right",
      launcher_label: "Chat with us",
      title: null,
      subtitle: null,
      radius: 16,
      show_branding: true,
    },
    retrieval: {
      knowledge_bases: [],
      top_k: 6,
      threshold: null,
      when_unanswered: "",
      show_sources: true,
    },
    tools: [],
    tool_limits: { max_steps: null, max_seconds: null, max_cost_usd: null },
    guardrails: noRules(),
    published_version: null,
    published_at: null,
    has_unpublished_changes: true,
    created_at: AT,
    updated_at: AT,
    ...values,
  };
}

/** Guardrails that are off. */
export function noRules(values: Partial<Guardrails> = {}): Guardrails {
  return {
    input: { max_chars: null, per_minute: null, reply: "Too long." },
    topics: { allowed: [], forbidden: [], strictness: "balanced", reply: "Off topic." },
    blocked: {
      terms: [],
      patterns: [],
      in_prompts: true,
      in_answers: true,
      reply: "Blocked.",
      replacement: "Withheld.",
    },
    pii: { kinds: [], patterns: [], allowed: [], in_transcript: false, in_answers: false },
    links: { only_listed: false, hosts: [] },
    approval: { unsafe_tools: false, answers: "off", by_mail: true, minutes: 15, replacement: "" },
    ...values,
  };
}

export function aConversation(values: Partial<Conversation> = {}): Conversation {
  return {
    id: "cnv_00000000000000000000000000000001",
    agent: { id: "agt_00000000000000000000000000000001", slug: "support", name: "Support" },
    title: null,
    channel: "playground",
    status: "open",
    active_turn_id: null,
    is_handed_over: false,
    waits_for: null,
    message_count: 2,
    last_message_preview: null,
    visitor_id: null,
    created_at: AT,
    updated_at: AT,
    ...values,
  };
}

export function aKey(values: Partial<ApiKey> = {}): ApiKey {
  return {
    id: "key_00000000000000000000000000000001",
    name: "Website",
    kind: "publishable",
    scopes: [],
    allowed_origins: [],
    prefix: "pk_abc",
    publishable_key: "pk_abcdef",
    created_at: AT,
    last_used_at: null,
    created_by: null,
    ...values,
  };
}
