/** The wire types of the REST API, by the names the product uses; made from the server's OpenAPI. */
import type { components } from "./schema.gen.ts";

type Schemas = components["schemas"];

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

export type PublicConfig = Schemas["PublicConfig"];

export type Role = Schemas["Role"];
export type Scope =
  | "agents:read"
  | "agents:write"
  | "billing:read"
  | "billing:write"
  | "conversations:read"
  | "conversations:write"
  | "conversations:chat"
  | "conversations:review"
  | "egress:read"
  | "knowledge:read"
  | "knowledge:write"
  | "leads:read"
  | "leads:write"
  | "secrets:bind"
  | "tenancy:read"
  | "tenancy:write"
  | "tenancy:owner"
  | "tools:read"
  | "tools:write"
  | "webhooks:read"
  | "webhooks:write";

/** Who is logged in, in which tenant, and what they may do there. */
export type Me = Schemas["Me"];
export type User = Schemas["UserRead"];
export type Tenant = Schemas["TenantRef"];
export type TenantDetail = Schemas["TenantRead"];
export type LoginSession = Schemas["SessionRead"];
export type SignupInput = Schemas["Signup"];

export type Member = Schemas["MemberRead"];
export type Invitation = Schemas["InvitationRead"];
export type InvitationLookup = Schemas["InvitationLookup"];

export type ApiKey = Schemas["ApiKeyRead"];
export type ApiKeyKind = ApiKey["kind"];
/** The answer to creating a key: the only time the secret is shown. */
export type ApiKeyCreated = Schemas["ApiKeyCreated"];
export type ApiKeyInput = Schemas["ApiKeyCreate"];
export type ApiKeyChange = Schemas["ApiKeyUpdate"];

/** A bound on what may be spent, and how it stands in the present period. */
export type Budget = Schemas["BudgetRead"];
export type BudgetInput = Schemas["BudgetCreate"];
export type BudgetChange = Schemas["BudgetUpdate"];
/** What bounds the use of the API: requests per minute, answers at once. */
export type Limits = Schemas["LimitsRead"];
export type RateLimit = Limits["rates"][number];

/** A request to the company's own server that agents may make. */
export type Tool = Schemas["ToolRead"];
export type ToolInput = Schemas["ToolCreate"];
export type ToolChange = Schemas["ToolUpdate"];
/** The answer to making a tool: the only time its signing secret is shown. */
export type ToolCreated = Schemas["ToolCreated"];
export type ToolMethod = Tool["method"];
/** An OpenAPI document whose operations are to become tools. */
export type ToolImport = Schemas["ToolImport"];
/** An operation of such a document, and what became of it. */
export type ImportedTool = Schemas["ImportRead"];
/** What was sent and what came back when a tool was tried out. */
export type ToolTrial = Schemas["ToolTrial"];
/** What a visitor filled in, in a form that an agent showed. */
export type Lead = Schemas["LeadRead"];
/** A tool that an agent may use, as its draft holds it. */
export type ToolChoice = Schemas["ToolChoiceRead"];
/** What may go into an agent's model, and come out of it. */
export type Guardrails = Schemas["GuardrailsRead"];
export type NamedPattern = Schemas["PatternRead"];
/** An answer that waits for somebody of the company to look at it. */
export type HeldAnswer = Schemas["HeldAnswerRead"];
/** What is said to it. */
export type ReviewInput = Schemas["ReviewCreate"];
/** A text, and rules that it is tried on. */
export type GuardrailsTry = Schemas["GuardrailsTry"];
/** What the rules would do to it. */
export type GuardrailsTrial = Schemas["GuardrailsTrialRead"];
/** A secret of the vault, without its value. */
export type Secret = Schemas["SecretRead"];

/** What the company's server signs identity tokens with. */
export type IdentitySecret = Schemas["IdentityRead"];

export type Provider = Schemas["ProviderRead"];
export type ProviderInput = Omit<Schemas["ProviderCreate"], "is_default"> & {
  is_default?: boolean;
};
export type ProviderKind = Provider["kind"];
export type ProviderTest = Schemas["ProviderTrial"];
/** Prices in US dollars per million tokens. */
export type LlmModel = Schemas["ModelRead"];
export type ModelCatalogue = Schemas["CatalogueRead"];
export type ModelEntryChange = Partial<Schemas["ModelEntryUpdate"]>;
export type PlatformModel = Schemas["PlatformModelRead"];
export type OpenCircuit = Schemas["CircuitRead"];
export type Fallback = Schemas["FallbackRead"];
export type FallbackReason = Fallback["on"][number];

export type Agent = Schemas["AgentRead"];
export type AgentInput = Schemas["AgentUpdate"];
export type NewAgent = Schemas["AgentCreate"];
export type Example = Schemas["ExampleRead"];
export type Appearance = Schemas["AppearanceRead"];
export type VersionConfig = Schemas["ConfigRead"];
export type AgentVersion = Schemas["VersionRead"];
export type VersionChange = Schemas["ChangeRead"];
export type VersionComparison = Schemas["ComparisonRead"];

/** The part of an agent that its editor changes. */
export type AgentDraft = VersionConfig & Pick<Agent, "description">;

export type Conversation = Schemas["ConversationRead"];
export type Channel = Conversation["channel"];
export type Message = Schemas["MessageRead"];
export type MessageStatus = Message["status"];
export type Rating = NonNullable<Message["feedback"]>;
export type Usage = Schemas["UsageRead"];
export type StoredEvent = Schemas["EventRead"];
export type Job = Schemas["JobRead"];
export type JobState = Job["state"];
/** Whose a job is. */
export type JobTenant = Schemas["JobTenant"];
export type JobQueue = Job["queue"];
/** A job with its arguments, for who operates the installation. */
export type JobDetail = Schemas["JobDetail"];
export type QueueLoad = Schemas["QueueRead"];
/** Which of the jobs that were given up are meant; what is left out stands for all. */
export type DeadJobs = Schemas["DeadJobs"];
/** A worker that holds jobs at this moment. */
export type WorkerProcess = Schemas["ProcessRead"];

export type Turn = Schemas["TurnRead"];
export type TurnAccepted = Schemas["MessageAccepted"];

export type McpServer = Schemas["McpServerRead"];
export type McpServerInput = Schemas["McpServerCreate"];
export type McpServerChange = Schemas["McpServerUpdate"];
export type McpDetected = Schemas["ServerDetected"];
export type McpAnswer = Schemas["AuthorizationAnswer"];
export type McpTool = Schemas["McpToolRead"];
export type McpToolChange = Schemas["McpToolUpdate"];
export type McpToolTrial = Schemas["McpToolTrial"];
export type McpUsableTool = Schemas["McpUsableRead"];
