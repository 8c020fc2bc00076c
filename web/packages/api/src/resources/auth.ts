import type { ApiClient } from "../client.ts";
import type { SignupInput } from "../types.ts";

export const authApi = (client: ApiClient) => {
  const { http } = client;
  return {
    signup: (body: SignupInput) => client.quietBody(http.POST("/v1/auth/signup", { body })),
    login: (body: { email: string; password: string }) =>
      client.quietBody(http.POST("/v1/auth/login", { body })),
    logout: () => client.quietBody(http.POST("/v1/auth/logout")),
    me: (signal?: AbortSignal) =>
      client.quietBody(http.GET("/v1/auth/me", signal ? { signal } : {})),
    updateMe: (body: { name: string }) => client.body(http.PATCH("/v1/auth/me", { body })),
    switchTenant: (tenant_id: string) =>
      client.body(http.POST("/v1/auth/switch", { body: { tenant_id } })),
    sessions: () =>
      client.body(http.GET("/v1/auth/sessions", { params: { query: { limit: 100 } } })),
    revokeSession: (session_id: string) =>
      client.body(
        http.DELETE("/v1/auth/sessions/{session_id}", { params: { path: { session_id } } }),
      ),
    revokeOtherSessions: () => client.body(http.DELETE("/v1/auth/sessions")),
    changePassword: (body: { current_password: string; new_password: string }) =>
      client.body(http.POST("/v1/auth/password/change", { body })),
    forgotPassword: (email: string) =>
      client.quietBody(http.POST("/v1/auth/password/forgot", { body: { email } })),
    resetPassword: (body: { token: string; new_password: string }) =>
      client.quietBody(http.POST("/v1/auth/password/reset", { body })),
  };
};
