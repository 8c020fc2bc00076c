import { ApiError } from "@medea/api";
import { QueryClient } from "@tanstack/react-query";

/** The server has decided: asked again, it says the same. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && error.status < 500;

/** A refusal stays a refusal when repeated; only a silent or failing server is worth a retry. */
export const isWorthRetrying = (failures: number, error: unknown): boolean =>
  !isRefusal(error) && failures < 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: isWorthRetrying, staleTime: 15_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
