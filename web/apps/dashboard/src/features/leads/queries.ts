/** Queries and mutations on what visitors filled in. */
import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api";
import { asQuery, type LeadFilters } from "./filters";

const ROOT = ["leads"] as const;

export const leadListQuery = (filters: LeadFilters) =>
  infiniteQueryOptions({
    queryKey: [...ROOT, filters] as const,
    queryFn: ({ pageParam }) =>
      api.leads.list({
        ...asQuery(filters),
        limit: 50,
        ...(pageParam ? { cursor: pageParam } : {}),
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

export function useDeleteLead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.leads.remove(id),
    onSuccess: () => client.invalidateQueries({ queryKey: ROOT }),
  });
}
