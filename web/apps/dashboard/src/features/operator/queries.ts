import type { DeadJobs, ModelEntryChange } from "@medea/api";
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "@/lib/api";
import { type JobFilters, shownState } from "./filters";

const ROOT = ["operator"] as const;
const PAGE = 50;

/** How often an open page looks for news, in milliseconds. */
const LOOK_EVERY = 4000;

export const queuesQuery = queryOptions({
  queryKey: [...ROOT, "queues"] as const,
  queryFn: () => api.operator.queues(),
  refetchInterval: LOOK_EVERY,
});

export const processesQuery = queryOptions({
  queryKey: [...ROOT, "processes"] as const,
  queryFn: () => api.operator.processes(),
  refetchInterval: LOOK_EVERY,
});

export const jobListQuery = (filters: JobFilters) => {
  const state = shownState(filters);
  const query = {
    ...(state === "all" ? {} : { state }),
    ...(filters.queue ? { queue: filters.queue } : {}),
    ...(filters.task ? { task: filters.task } : {}),
  };
  return infiniteQueryOptions({
    queryKey: [...ROOT, "jobs", query] as const,
    queryFn: ({ pageParam }) =>
      api.operator.jobs({ ...query, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    // Somebody who scrolled far down reads; the list must not be fetched again under their eyes.
    refetchInterval: (found) => ((found.state.data?.pages.length ?? 1) > 1 ? false : LOOK_EVERY),
  });
};

export const jobQuery = (id: string) =>
  queryOptions({ queryKey: [...ROOT, "job", id] as const, queryFn: () => api.operator.job(id) });

export const platformModelsQuery = queryOptions({
  queryKey: [...ROOT, "models"] as const,
  queryFn: () => api.operator.models(),
});

export const circuitsQuery = queryOptions({
  queryKey: [...ROOT, "circuits"] as const,
  queryFn: () => api.operator.circuits(),
  refetchInterval: LOOK_EVERY,
});

function useChange<Input, Result>(change: (input: Input) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ROOT }),
  });
}

export const useRetryJob = () => useChange((id: string) => api.operator.retry(id));
export const usePurgeJob = () => useChange((id: string) => api.operator.purge(id));
export const useRetryDead = () => useChange((which: DeadJobs) => api.operator.retryDead(which));
export const useDescribePlatformModel = () =>
  useChange(({ model, change }: { model: string; change: ModelEntryChange }) =>
    api.operator.describeModel(model, change),
  );
export const usePurgeDead = () => useChange((which: DeadJobs) => api.operator.purgeDead(which));
