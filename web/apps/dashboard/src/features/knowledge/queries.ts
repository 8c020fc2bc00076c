/** Queries and mutations on knowledge: every page reads and writes it here. */
import type {
  BaseSettingsChange,
  DocumentInput,
  DocumentStatus,
  KnowledgeBase,
  KnowledgeDocument,
  Page,
} from "@medea/api";
import { messageOf } from "@medea/api";
import { toast } from "@medea/ui";
import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "@/lib/api";
import { isEmbedding, isUnfinished } from "./status";

export const knowledgeKey = ["knowledge"] as const;

const LIVE_MS = 1200;

export const basesQuery = queryOptions({
  queryKey: [...knowledgeKey, "bases"] as const,
  queryFn: async () => (await api.knowledge.bases({ limit: 100 })).data,
  refetchInterval: ({ state }) => (state.data?.some(isEmbedding) ? LIVE_MS * 2 : false),
});

export const usageQuery = queryOptions({
  queryKey: [...knowledgeKey, "usage"] as const,
  queryFn: () => api.knowledge.usage(),
});

export const baseQuery = (id: string) =>
  queryOptions({
    queryKey: [...knowledgeKey, "base", id] as const,
    queryFn: () => api.knowledge.base(id),
    refetchInterval: ({ state }) => (state.data && isEmbedding(state.data) ? LIVE_MS : false),
  });

export interface DocumentFilters {
  status?: DocumentStatus;
  q?: string;
}

const documentsKey = (id: string) => [...knowledgeKey, "base", id, "documents"] as const;

export const documentsQuery = (id: string, filters: DocumentFilters) =>
  infiniteQueryOptions({
    queryKey: [...documentsKey(id), filters] as const,
    queryFn: ({ pageParam }) =>
      api.knowledge.documents(id, {
        ...filters,
        limit: 50,
        ...(pageParam ? { cursor: pageParam } : {}),
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? null,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.data.some(isUnfinished)) ? LIVE_MS : false,
  });

export const documentQuery = (id: string) =>
  queryOptions({
    queryKey: [...knowledgeKey, "document", id] as const,
    queryFn: () => api.knowledge.document(id),
    refetchInterval: ({ state }) => (state.data && isUnfinished(state.data) ? LIVE_MS : false),
  });

/** The chunks of a document as it was put into the index at a time: another version has others, and so has a new cut. */
export const chunksQuery = (id: string, indexedAt: string | null) =>
  queryOptions({
    queryKey: [...knowledgeKey, "document", id, "chunks", indexedAt] as const,
    queryFn: () => allOf((query) => api.knowledge.chunks(id, query)),
    staleTime: 60_000,
  });

interface Listed<T> {
  data: T[];
  next_cursor?: string | null;
}

async function allOf<T>(
  ask: (query: { limit: number; cursor?: string }) => Promise<Listed<T>>,
): Promise<T[]> {
  let page = await ask({ limit: 100 });
  const found = [...page.data];
  while (page.next_cursor) {
    page = await ask({ limit: 100, cursor: page.next_cursor });
    found.push(...page.data);
  }
  return found;
}

export const textQuery = (id: string, indexedAt: string | null) =>
  queryOptions({
    queryKey: [...knowledgeKey, "document", id, "text", indexedAt] as const,
    queryFn: async () => (await api.knowledge.text(id)).pages,
    staleTime: 60_000,
  });

/** The text of a document that is to be edited: asked for each time, and then left alone under the hands of who writes. */
export const writtenQuery = (id: string) =>
  queryOptions({
    queryKey: ["written", id] as const,
    queryFn: async () => (await api.knowledge.text(id)).pages,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

export const sourcesQuery = (id: string) =>
  queryOptions({
    queryKey: [...knowledgeKey, "base", id, "sources"] as const,
    queryFn: () => allOf((query) => api.knowledge.sources(id, query)),
  });

export const unansweredQuery = queryOptions({
  queryKey: [...knowledgeKey, "unanswered"] as const,
  queryFn: () => allOf((query) => api.knowledge.unanswered(query)),
});

/** Everything about one base is to be asked for anew: its figures, documents and what is used. */
export function useRefreshBase(id: string) {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: baseQuery(id).queryKey }),
      client.invalidateQueries({ queryKey: basesQuery.queryKey }),
      client.invalidateQueries({ queryKey: usageQuery.queryKey }),
    ]);
}

export function useCreateBase() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; description: string }) => api.knowledge.createBase(body),
    onSuccess: (base) => {
      client.setQueryData(baseQuery(base.id).queryKey, base);
      return client.invalidateQueries({ queryKey: basesQuery.queryKey });
    },
  });
}

export function useUpdateBase(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name?: string; description?: string; settings?: BaseSettingsChange }) =>
      api.knowledge.updateBase(id, body),
    onSuccess: (base) => {
      client.setQueryData(baseQuery(id).queryKey, base);
      return client.invalidateQueries({ queryKey: basesQuery.queryKey });
    },
  });
}

export function useRemoveBase() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.knowledge.removeBase(id),
    onSuccess: (_, id) => {
      client.setQueryData<KnowledgeBase[]>(basesQuery.queryKey, (bases) =>
        bases?.filter((base) => base.id !== id),
      );
      return client.invalidateQueries({ queryKey: usageQuery.queryKey });
    },
  });
}

export function useAddDocument(baseId: string) {
  const refresh = useRefreshBase(baseId);
  return useMutation({
    mutationFn: (body: DocumentInput) => api.knowledge.add(baseId, body),
    onSuccess: refresh,
  });
}

export function useRetryDocument(baseId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.knowledge.retryDocument(id),
    onSuccess: (document) => {
      putDocument(client, document);
      return client.invalidateQueries({ queryKey: documentsKey(baseId) });
    },
  });
}

/** Close a question; it comes back if the server refuses. */
export function useDismissQuestion() {
  const client = useQueryClient();
  const { queryKey } = unansweredQuery;
  return useMutation({
    mutationFn: (id: string) => api.knowledge.dismissQuestion(id),
    onMutate: (id) => {
      const before = client.getQueryData(queryKey);
      client.setQueryData(queryKey, (list) => list?.filter((one) => one.id !== id));
      return before;
    },
    onError: (error, _, before) => {
      client.setQueryData(queryKey, before);
      toast.error(messageOf(error));
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
}

/** Show a document as the server has just told it, in every list that holds it. */
export function putDocument(client: QueryClient, document: KnowledgeDocument): void {
  client.setQueryData(documentQuery(document.id).queryKey, document);
  updateLists(client, document.base_id, (rows) =>
    rows.map((row) => (row.id === document.id ? document : row)),
  );
}

/** Take documents off the lists before the server has deleted them; answers how to bring them back. */
export function hideDocuments(client: QueryClient, baseId: string, ids: Set<string>): () => void {
  const before = client.getQueriesData({ queryKey: documentsKey(baseId) });
  updateLists(client, baseId, (rows) => rows.filter((row) => !ids.has(row.id)));
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data);
  };
}

function updateLists(
  client: QueryClient,
  baseId: string,
  change: (rows: KnowledgeDocument[]) => KnowledgeDocument[],
): void {
  client.setQueriesData<InfiniteData<Page<KnowledgeDocument>, string>>(
    { queryKey: documentsKey(baseId) },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, data: change(page.data) })),
      },
  );
}
