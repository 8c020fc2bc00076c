/** Answers that somebody looks at before they are shown. */
import type { ReviewInput } from "@medea/api";
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "@/lib/api";

const ROOT = ["held-answers"] as const;
/** A visitor waits: news is looked for oftener than elsewhere. In milliseconds. */
const LOOK_EVERY = 5000;

export const heldCountQuery = queryOptions({
  queryKey: [...ROOT, "count"] as const,
  queryFn: async () => (await api.conversations.countHeld()).count,
  refetchInterval: LOOK_EVERY,
});

export const heldListQuery = infiniteQueryOptions({
  queryKey: [...ROOT, "list"] as const,
  queryFn: ({ pageParam }) =>
    api.conversations.held({ limit: 20, ...(pageParam ? { cursor: pageParam } : {}) }),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
  refetchInterval: LOOK_EVERY,
});

/** Decide; whatever comes of it, what waits and what was said is read again: somebody else may have been first. */
export function useReview(turnId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ReviewInput) => api.conversations.review(turnId, body),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ROOT }),
        client.invalidateQueries({ queryKey: ["conversations"] }),
      ]),
  });
}
