import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "./api";

/** What the server says of itself; it does not change while the page is open. */
export const configQuery = queryOptions({
  queryKey: ["config"] as const,
  queryFn: () => api.tenancy.config(),
  staleTime: Number.POSITIVE_INFINITY,
});

export function usePublicConfig() {
  return useQuery(configQuery).data;
}
