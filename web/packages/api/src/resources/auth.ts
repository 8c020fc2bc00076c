import type { ApiClient } from "../client.ts";
import type { LoginSession, Me, Page } from "../types.ts";

export interface SignupInput {
  email: string;
  password: string;
  name: string;
  tenant_name: string;
}

export const authApi = (client: ApiClient) => ({
  signup: (body: SignupInput) =>
    client.request<Me>("POST", "/auth/signup", { body, allowUnauthenticated: true }),
  login: (body: { email: string; password: string }) =>
    client.request<Me>("POST", "/auth/login", { body, allowUnauthenticated: true }),
  logout: () => client.request<void>("POST", "/auth/logout", { allowUnauthenticated: true }),
  me: (signal?: AbortSignal) =>
    client.request<Me>("GET", "/auth/me", {
      allowUnauthenticated: true,
      ...(signal ? { signal } : {}),
    }),
  updateMe: (body: { name: string }) => client.request<Me>("PATCH", "/auth/me", { body }),
  switchTenant: (tenant_id: string) =>
    client.request<Me>("POST", "/auth/switch", { body: { tenant_id } }),
  sessions: () => client.request<Page<LoginSession>>("GET", "/auth/sessions"),
  revokeSession: (id: string) => client.request<void>("DELETE", `/auth/sessions/${id}`),
  revokeOtherSessions: () => client.request<void>("DELETE", "/auth/sessions"),
  changePassword: (body: { current_password: string; new_password: string }) =>
    client.request<void>("POST", "/auth/password/change", { body }),
  forgotPassword: (email: string) =>
    client.request<unknown>("POST", "/auth/password/forgot", {
      body: { email },
      allowUnauthenticated: true,
    }),
  resetPassword: (body: { token: string; new_password: string }) =>
    client.request<void>("POST", "/auth/password/reset", { body, allowUnauthenticated: true }),
});
