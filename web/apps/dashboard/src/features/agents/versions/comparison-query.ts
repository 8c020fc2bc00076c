import { queryOptions } from "@tanstack/react-query";
import { api } from "@/lib/api";
import { agentQuery } from "../queries";
import type { VersionRef } from "./compare-search";

/** Two published versions never differ anew; the draft does with every save. */
export const comparisonQuery = (agentId: string, from: VersionRef, to: VersionRef) =>
  queryOptions({
    queryKey: [...agentQuery(agentId).queryKey, "compare", from, to] as const,
    queryFn: () => api.agents.compare(agentId, from, to),
    staleTime: from === "draft" || to === "draft" ? 0 : Number.POSITIVE_INFINITY,
  });
