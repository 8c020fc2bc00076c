import type { ApiClient } from "../client.ts";
import type { ApiKeyChange, ApiKeyInput, ModelEntryChange, ProviderInput, Role } from "../types.ts";

const longest = { params: { query: { limit: 100 } } };

export const tenancyApi = (client: ApiClient) => {
  const { http } = client;
  return {
    config: () => client.quietBody(http.GET("/v1/config")),
    tenant: () => client.body(http.GET("/v1/tenant")),
    updateTenant: (body: { name: string }) => client.body(http.PATCH("/v1/tenant", { body })),
    identity: () => client.body(http.GET("/v1/tenant/identity")),
    rotateIdentity: () => client.body(http.POST("/v1/tenant/identity/rotate")),
    createTenant: (body: { name: string }) => client.body(http.POST("/v1/tenants", { body })),
  };
};

export const membersApi = (client: ApiClient) => {
  const { http } = client;
  const member = (member_id: string) => ({ params: { path: { member_id } } });
  return {
    list: () => client.body(http.GET("/v1/members", longest)),
    update: (id: string, body: { role: Role }) =>
      client.body(http.PATCH("/v1/members/{member_id}", { ...member(id), body })),
    remove: (id: string) => client.body(http.DELETE("/v1/members/{member_id}", member(id))),
    invitations: () => client.body(http.GET("/v1/invitations", longest)),
    invite: (body: { email: string; role: Role }) =>
      client.body(http.POST("/v1/invitations", { body })),
    revokeInvitation: (invitation_id: string) =>
      client.body(
        http.DELETE("/v1/invitations/{invitation_id}", { params: { path: { invitation_id } } }),
      ),
    lookupInvitation: (token: string) =>
      client.quietBody(http.GET("/v1/invitations/lookup", { params: { query: { token } } })),
    acceptInvitation: (token: string) =>
      client.body(http.POST("/v1/invitations/accept", { body: { token } })),
    registerInvitation: (body: { token: string; name: string; password: string }) =>
      client.quietBody(http.POST("/v1/invitations/register", { body })),
  };
};

export const apiKeysApi = (client: ApiClient) => {
  const { http } = client;
  const key = (key_id: string) => ({ params: { path: { key_id } } });
  return {
    list: () => client.body(http.GET("/v1/api-keys", longest)),
    create: (body: ApiKeyInput) => client.body(http.POST("/v1/api-keys", { body })),
    update: (id: string, body: ApiKeyChange) =>
      client.body(http.PATCH("/v1/api-keys/{key_id}", { ...key(id), body })),
    revoke: (id: string) => client.body(http.DELETE("/v1/api-keys/{key_id}", key(id))),
  };
};

export const providersApi = (client: ApiClient) => {
  const { http } = client;
  const provider = (provider_id: string) => ({ params: { path: { provider_id } } });
  return {
    list: () => client.body(http.GET("/v1/providers", longest)),
    create: (body: ProviderInput) => client.body(http.POST("/v1/providers", { body })),
    update: (id: string, body: Partial<ProviderInput>) =>
      client.body(http.PATCH("/v1/providers/{provider_id}", { ...provider(id), body })),
    remove: (id: string) => client.body(http.DELETE("/v1/providers/{provider_id}", provider(id))),
    test: (id: string) => client.body(http.POST("/v1/providers/{provider_id}/test", provider(id))),
    models: () => client.body(http.GET("/v1/llm/models")),
    catalogue: (query: { search?: string; provider?: string; limit?: number }) =>
      client.body(http.GET("/v1/llm/catalogue", { params: { query } })),
    describe: (model: string, body: ModelEntryChange) =>
      client.body(
        http.PATCH("/v1/llm/catalogue/{model_name}", {
          params: { path: { model_name: model } },
          // every member is optional: what is left out stays
          body: body as Required<ModelEntryChange>,
        }),
      ),
    health: () => client.body(http.GET("/v1/llm/health")),
  };
};
