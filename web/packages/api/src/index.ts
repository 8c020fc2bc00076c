/** The typed client of Medea's REST API. */
import { ApiClient, type ClientOptions } from "./client.ts";
import { agentsApi } from "./resources/agents.ts";
import { authApi } from "./resources/auth.ts";
import { billingApi } from "./resources/billing.ts";
import { conversationsApi } from "./resources/conversations.ts";
import { knowledgeApi } from "./resources/knowledge.ts";
import { leadsApi } from "./resources/leads.ts";
import { mcpApi } from "./resources/mcp.ts";
import { operatorApi } from "./resources/operator.ts";
import { apiKeysApi, membersApi, providersApi, tenancyApi } from "./resources/tenancy.ts";
import { secretsApi, toolsApi } from "./resources/tools.ts";
import { egressApi, webhooksApi } from "./resources/webhooks.ts";

export { ApiClient, type ClientOptions } from "./client.ts";
export { ApiError, errorFrom, type FieldProblem, messageOf, NetworkError } from "./errors.ts";
export * from "./knowledge.ts";
export type { AgentListQuery } from "./resources/agents.ts";
export type { ConversationListQuery } from "./resources/conversations.ts";
export {
  type BaseSettingsChange,
  type DocumentInput,
  type DocumentListQuery,
  originalHref,
  pageImageHref,
} from "./resources/knowledge.ts";
export { type LeadFilter, leadsExportHref } from "./resources/leads.ts";
export type { JobListQuery } from "./resources/operator.ts";
export type { DeliveryListQuery, EgressListQuery } from "./resources/webhooks.ts";
export * from "./types.ts";
export type { UploadOptions } from "./upload.ts";
export * from "./webhooks.ts";

/** Build the client: one object per resource, one method per operation. */
export function createApi(options: ClientOptions = {}) {
  const client = new ApiClient(options);
  return {
    client,
    auth: authApi(client),
    tenancy: tenancyApi(client),
    members: membersApi(client),
    apiKeys: apiKeysApi(client),
    providers: providersApi(client),
    agents: agentsApi(client),
    billing: billingApi(client),
    conversations: conversationsApi(client),
    egress: egressApi(client),
    knowledge: knowledgeApi(client),
    leads: leadsApi(client),
    mcp: mcpApi(client),
    operator: operatorApi(client),
    secrets: secretsApi(client),
    tools: toolsApi(client),
    webhooks: webhooksApi(client),
  };
}

export type Api = ReturnType<typeof createApi>;
