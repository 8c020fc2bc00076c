/** Queries and mutations on webhooks and their deliveries. */
import type { Webhook, WebhookChange, WebhookInput, WebhookTestType } from "@medea/api";
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "@/lib/api";
import type { DeliveryFilters } from "./deliveries/filters";

const ROOT = ["webhooks"] as const;
const PAGE = 50;

/** How often an open list looks for what became of deliveries, in milliseconds. */
const LOOK_EVERY = 4000;

export const webhooksQuery = queryOptions({
  queryKey: [...ROOT, "list"] as const,
  queryFn: async () => (await api.webhooks.list()).data,
});

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: [...ROOT, "one", id] as const,
    queryFn: () => api.webhooks.get(id),
  });

export const eventTypesQuery = queryOptions({
  queryKey: [...ROOT, "event-types"] as const,
  queryFn: async () => (await api.webhooks.eventTypes()).data,
  staleTime: Number.POSITIVE_INFINITY,
});

export const deliveriesQuery = (id: string, filters: DeliveryFilters) => {
  const query = filters.state ? { state: filters.state } : {};
  return infiniteQueryOptions({
    queryKey: [...ROOT, "deliveries", id, query] as const,
    queryFn: ({ pageParam }) =>
      api.webhooks.deliveries(id, {
        ...query,
        limit: PAGE,
        ...(pageParam ? { cursor: pageParam } : {}),
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    // Somebody who scrolled far down reads; the list must not be fetched again under their eyes.
    refetchInterval: (found) => ((found.state.data?.pages.length ?? 1) > 1 ? false : LOOK_EVERY),
  });
};

export const deliveryQuery = (id: string, deliveryId: string) =>
  queryOptions({
    queryKey: [...ROOT, "delivery", id, deliveryId] as const,
    queryFn: () => api.webhooks.delivery(id, deliveryId),
    refetchInterval: (found) => (found.state.data?.state === "pending" ? LOOK_EVERY : false),
  });

function useChange<Input, Result>(change: (input: Input) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // What is shown once leaves the memory of the page with its dialog.
    gcTime: 0,
    onSettled: () => client.invalidateQueries({ queryKey: ROOT }),
  });
}

export const useCreateWebhook = () => useChange((body: WebhookInput) => api.webhooks.create(body));
export const useUpdateWebhook = (id: string) =>
  useChange((body: WebhookChange) => api.webhooks.update(id, body));
export const useRotateSecret = (id: string) => useChange(() => api.webhooks.rotateSecret(id));
export const useSendTest = (id: string) =>
  useChange((type: WebhookTestType) => api.webhooks.test(id, type));
export const useReplay = (id: string) =>
  useChange((deliveryId: string) => api.webhooks.replay(id, deliveryId));
export const useReplayFailed = (id: string) =>
  useChange((since: string) => api.webhooks.replayFailed(id, since));

/** Its own page still shows it: that one forgets it once it is left. */
export function useDeleteWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.webhooks.remove(id),
    onSuccess: (_, id) =>
      client.setQueryData(webhooksQuery.queryKey, (all: Webhook[] | undefined) =>
        all?.filter((webhook) => webhook.id !== id),
      ),
  });
}
