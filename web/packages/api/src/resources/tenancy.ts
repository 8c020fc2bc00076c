import type { ApiClient } from "../client.ts";
import type {
  ApiKey,
  ApiKeyCreated,
  ApiKeyKind,
  Invitation,
  InvitationLookup,
  LlmModel,
  Me,
  Member,
  Page,
  Provider,
  ProviderTest,
  PublicConfig,
  Role,
  Scope,
  TenantDetail,
} from "../types.ts";

export interface ApiKeyInput {
  name: string;
  kind: ApiKeyKind;
  scopes?: Scope[];
  allowed_origins?: string[];
}

export interface ProviderInput {
  name: string;
  base_url: string;
  api_key: string;
  default_model: string;
  is_default?: boolean;
}

const LONGEST = 100;

export const tenancyApi = (client: ApiClient) => ({
  config: () => client.request<PublicConfig>("GET", "/config", { allowUnauthenticated: true }),
  tenant: () => client.request<TenantDetail>("GET", "/tenant"),
  updateTenant: (body: { name: string }) =>
    client.request<TenantDetail>("PATCH", "/tenant", { body }),
  createTenant: (body: { name: string }) =>
    client.request<TenantDetail>("POST", "/tenants", { body }),
});

export const membersApi = (client: ApiClient) => ({
  list: () => client.request<Page<Member>>("GET", "/members", { query: { limit: LONGEST } }),
  update: (id: string, body: { role: Role }) =>
    client.request<Member>("PATCH", `/members/${id}`, { body }),
  remove: (id: string) => client.request<void>("DELETE", `/members/${id}`),
  invitations: () =>
    client.request<Page<Invitation>>("GET", "/invitations", { query: { limit: LONGEST } }),
  invite: (body: { email: string; role: Role }) =>
    client.request<Invitation>("POST", "/invitations", { body }),
  revokeInvitation: (id: string) => client.request<void>("DELETE", `/invitations/${id}`),
  lookupInvitation: (token: string) =>
    client.request<InvitationLookup>("GET", "/invitations/lookup", {
      query: { token },
      allowUnauthenticated: true,
    }),
  acceptInvitation: (token: string) =>
    client.request<Me>("POST", "/invitations/accept", { body: { token } }),
  registerInvitation: (body: { token: string; name: string; password: string }) =>
    client.request<Me>("POST", "/invitations/register", { body, allowUnauthenticated: true }),
});

export const apiKeysApi = (client: ApiClient) => ({
  list: () => client.request<Page<ApiKey>>("GET", "/api-keys", { query: { limit: LONGEST } }),
  create: (body: ApiKeyInput) => client.request<ApiKeyCreated>("POST", "/api-keys", { body }),
  revoke: (id: string) => client.request<void>("DELETE", `/api-keys/${id}`),
});

export const providersApi = (client: ApiClient) => ({
  list: () => client.request<Page<Provider>>("GET", "/providers", { query: { limit: LONGEST } }),
  create: (body: ProviderInput) => client.request<Provider>("POST", "/providers", { body }),
  update: (id: string, body: Partial<ProviderInput>) =>
    client.request<Provider>("PATCH", `/providers/${id}`, { body }),
  remove: (id: string) => client.request<void>("DELETE", `/providers/${id}`),
  test: (id: string) => client.request<ProviderTest>("POST", `/providers/${id}/test`),
  models: () => client.request<{ data: LlmModel[] }>("GET", "/llm/models"),
});
