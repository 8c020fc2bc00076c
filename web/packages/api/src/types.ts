/** The wire types of the REST API, by the names the product uses. */

/** RFC 3339 in UTC, as every moment on the wire is. */
export type Timestamp = string;

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

export interface PublicConfig {
  widget_origin: string;
  dashboard_origin: string;
  version: string;
  has_mail_outbox: boolean;
}

export type Role = "owner" | "admin" | "editor" | "viewer";

export type Scope =
  | "agents:read"
  | "agents:write"
  | "conversations:read"
  | "conversations:write"
  | "conversations:chat"
  | "tenancy:read"
  | "tenancy:write"
  | "tenancy:owner";

export interface User {
  id: string;
  email: string;
  name: string;
  created_at: Timestamp;
}

export interface UserRef {
  id: string;
  name: string;
}

export interface Tenant {
  id: string;
  name: string;
  slug: string;
}

export interface TenantDetail extends Tenant {
  created_at: Timestamp;
}

export interface TenantMembership extends Tenant {
  role: Role;
}

/** Who is logged in, in which tenant, and what they may do there. */
export interface Me {
  user: User;
  tenant: Tenant;
  role: Role;
  scopes: Scope[];
  tenants: TenantMembership[];
  session: { id: string; expires_at: Timestamp };
}

export interface LoginSession {
  id: string;
  created_at: Timestamp;
  last_seen_at: Timestamp;
  expires_at: Timestamp;
  user_agent: string | null;
  ip: string | null;
  is_current: boolean;
}

export interface Member {
  id: string;
  user: { id: string; email: string; name: string };
  role: Role;
  created_at: Timestamp;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  created_at: Timestamp;
  expires_at: Timestamp;
  invited_by: UserRef | string | null;
}

export interface InvitationLookup {
  tenant_name: string;
  email: string;
  role: Role;
  has_account: boolean;
}

export type ApiKeyKind = "secret" | "publishable";

export interface ApiKey {
  id: string;
  name: string;
  kind: ApiKeyKind;
  scopes: Scope[];
  allowed_origins: string[];
  prefix: string;
  publishable_key: string | null;
  created_at: Timestamp;
  last_used_at: Timestamp | null;
  created_by: UserRef | string | null;
}

/** The answer to creating a key: the only time the secret is shown. */
export interface ApiKeyCreated extends ApiKey {
  key: string;
}

export interface Provider {
  id: string;
  name: string;
  base_url: string;
  default_model: string;
  key_hint: string;
  is_default: boolean;
  created_at: Timestamp;
}

export interface ProviderTest {
  ok: boolean;
  latency_ms: number | null;
  detail: string | null;
}

export interface LlmModel {
  id: string;
  name: string;
  /** "offline", "platform", or the id of a tenant's provider. */
  provider: string;
  context_window: number | null;
  /** US dollars per million tokens. */
  input_price: number | null;
  output_price: number | null;
}

export interface Example {
  user: string;
  assistant: string;
}

export interface Appearance {
  accent: string;
  theme: "auto" | "light" | "dark";
  position: "right" | "left";
  launcher_label: string;
  title: string | null;
  subtitle: string | null;
  radius: number;
  show_branding: boolean;
  /** Black or white, whichever reads better on the accent; computed by the server. */
  on_accent: string;
}

export type AppearanceInput = Omit<Appearance, "on_accent">;

/** The editable part of an agent. */
export interface AgentDraft {
  name: string;
  description: string;
  system_prompt: string;
  examples: Example[];
  model: string | null;
  temperature: number | null;
  max_output_tokens: number | null;
  greeting: string;
  suggested_questions: string[];
  appearance: Appearance;
}

export interface Agent extends AgentDraft {
  id: string;
  slug: string;
  published_version: number | null;
  published_at: Timestamp | null;
  has_unpublished_changes: boolean;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export type AgentInput = Partial<Omit<AgentDraft, "appearance">> & {
  slug?: string;
  appearance?: Partial<AppearanceInput>;
};

export type VersionConfig = Omit<AgentDraft, "description">;

export interface AgentVersion {
  number: number;
  note: string | null;
  created_at: Timestamp;
  created_by: UserRef | null;
  is_live: boolean;
  config: VersionConfig;
}

export interface VersionChange {
  field: string;
  before: unknown;
  after: unknown;
}

export interface VersionComparison {
  from: number | "draft";
  to: number | "draft";
  changes: VersionChange[];
}

export type Channel = "widget" | "playground" | "api" | "openai";
export type Rating = "up" | "down";

export interface Conversation {
  id: string;
  agent: { id: string; slug: string; name: string };
  title: string | null;
  channel: Channel;
  status: "open" | "closed";
  active_turn_id: string | null;
  message_count: number;
  last_message_preview: string | null;
  visitor_id: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface Usage {
  input_tokens: number;
  output_tokens: number;
}

export type MessageStatus = "complete" | "streaming" | "queued" | "failed" | "cancelled";

export interface Message {
  id: string;
  role: "user" | "assistant";
  text: string;
  status: MessageStatus;
  turn_id: string | null;
  error: { code: string; message: string } | null;
  model: string | null;
  usage: Usage | null;
  cost_usd: number | null;
  feedback: Rating | null;
  feedback_comment: string | null;
  created_at: Timestamp;
}

export interface StoredEvent {
  version: number;
  position: number;
  name: string;
  schema: number;
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  at: Timestamp;
}

export interface Turn {
  id: string;
  conversation_id: string;
  message_id: string;
  status: "queued" | "running" | "completed" | "failed" | "cancelled";
  attempt: number;
  error: { code: string; message: string } | null;
  model: string | null;
  usage: Usage | null;
  cost_usd: number | null;
  created_at: Timestamp;
  started_at: Timestamp | null;
  finished_at: Timestamp | null;
}

export interface TurnAccepted {
  turn_id: string;
  message_id: string;
  conversation_id: string;
}
