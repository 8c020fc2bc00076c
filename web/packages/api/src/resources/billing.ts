import type { ApiClient } from "../client.ts";
import type { BudgetChange, BudgetInput } from "../types.ts";

export const billingApi = (client: ApiClient) => {
  const { http } = client;
  const budget = (budget_id: string) => ({ params: { path: { budget_id } } });
  return {
    budgets: () => client.body(http.GET("/v1/budgets", { params: { query: { limit: 100 } } })),
    createBudget: (body: BudgetInput) => client.body(http.POST("/v1/budgets", { body })),
    updateBudget: (id: string, body: BudgetChange) =>
      client.body(http.PATCH("/v1/budgets/{budget_id}", { ...budget(id), body })),
    deleteBudget: (id: string) => client.body(http.DELETE("/v1/budgets/{budget_id}", budget(id))),
    limits: () => client.body(http.GET("/v1/limits")),
  };
};
