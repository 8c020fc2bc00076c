import type { BudgetChange, BudgetInput } from "@medea/api";
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api";

export const budgetsQuery = queryOptions({
  queryKey: ["budgets"] as const,
  queryFn: async () => (await api.billing.budgets()).data,
  // Spending goes on while somebody looks.
  refetchInterval: 15_000,
});

export const limitsQuery = queryOptions({
  queryKey: ["limits"] as const,
  queryFn: () => api.billing.limits(),
});

export function useCreateBudget() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BudgetInput) => api.billing.createBudget(body),
    onSuccess: () => client.invalidateQueries({ queryKey: budgetsQuery.queryKey }),
  });
}

export function useUpdateBudget(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BudgetChange) => api.billing.updateBudget(id, body),
    onSuccess: () => client.invalidateQueries({ queryKey: budgetsQuery.queryKey }),
  });
}

export function useDeleteBudget() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.billing.deleteBudget(id),
    onSuccess: () => client.invalidateQueries({ queryKey: budgetsQuery.queryKey }),
  });
}
