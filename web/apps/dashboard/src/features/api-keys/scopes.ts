import type { Scope } from "@medea/api";

export interface ScopeChoice {
  scope: Scope;
  label: string;
  hint: string;
}

/** What a secret key may be allowed to do; the order is that of the form. */
export const SCOPE_CHOICES: ScopeChoice[] = [
  {
    scope: "conversations:chat",
    label: "Chat",
    hint: "Start conversations and send messages; the OpenAI-compatible endpoints.",
  },
  {
    scope: "conversations:read",
    label: "Read conversations",
    hint: "Transcripts and their events.",
  },
  {
    scope: "conversations:write",
    label: "Change conversations",
    hint: "Rename them and give feedback.",
  },
  {
    scope: "conversations:review",
    label: "Review answers",
    hint: "See which answers wait to be looked at, and decide on them.",
  },
  { scope: "agents:read", label: "Read agents", hint: "Drafts, versions and settings." },
  { scope: "agents:write", label: "Change agents", hint: "Edit, publish, restore and delete." },
  { scope: "knowledge:read", label: "Read knowledge", hint: "Documents and searches in them." },
  {
    scope: "knowledge:write",
    label: "Change knowledge",
    hint: "Add, replace and delete documents and their sources.",
  },
  {
    scope: "tools:read",
    label: "Read tools",
    hint: "Tools and names of secrets.",
  },
  {
    scope: "tools:write",
    label: "Change tools",
    hint: "Make, try and delete tools; set secrets.",
  },
  {
    scope: "leads:read",
    label: "Read leads",
    hint: "What visitors filled in, one by one and as a table.",
  },
  { scope: "leads:write", label: "Delete leads", hint: "Delete what visitors filled in." },
  {
    scope: "webhooks:read",
    label: "Read webhooks",
    hint: "Webhooks, and what was delivered with its answers.",
  },
  {
    scope: "webhooks:write",
    label: "Change webhooks",
    hint: "Send events elsewhere, send them again.",
  },
  {
    scope: "egress:read",
    label: "Read the network log",
    hint: "Which hosts this workspace's work has called.",
  },
  { scope: "tenancy:read", label: "Read the workspace", hint: "Members, keys and providers." },
  {
    scope: "tenancy:write",
    label: "Change the workspace",
    hint: "Invite and remove members, create and revoke keys.",
  },
];

/** What a new secret key is given unless somebody chooses otherwise. */
export const DEFAULT_SCOPES: Scope[] = [
  "agents:read",
  "agents:write",
  "conversations:read",
  "conversations:write",
  "conversations:chat",
];
