import type { ApiClient } from "../client.ts";

/** Which leads are meant; moments with their zone. */
export interface LeadFilter {
  agent_id?: string;
  after?: string;
  before?: string;
}

/** Where the browser gets the leads as a CSV table. */
export const leadsExportHref = (filter: LeadFilter): string => {
  const query = new URLSearchParams({ ...filter }).toString();
  return `/v1/leads/export${query ? `?${query}` : ""}`;
};

export const leadsApi = (client: ApiClient) => {
  const { http } = client;
  const lead = (lead_id: string) => ({ params: { path: { lead_id } } });
  return {
    list: (query: LeadFilter & { limit?: number; cursor?: string } = {}) =>
      client.body(http.GET("/v1/leads", { params: { query } })),
    remove: (id: string) => client.body(http.DELETE("/v1/leads/{lead_id}", lead(id))),
  };
};
