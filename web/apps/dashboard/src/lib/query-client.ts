import { ApiError } from "@medea/api";
import { QueryClient } from "@tanstack/react-query";

/** A refusal stays a refusal when repeated; only a silent or failing server is worth a retry. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  if (error instanceof ApiError && error.status < 500) return false;
  return failures < 2;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: isWorthRetrying, staleTime: 15_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
