import type { ApiClient } from "../client.ts";
import type {
  BaseSettings,
  Chunk,
  ChunkPreview,
  DocumentStatus,
  KnowledgeBase,
  KnowledgeDocument,
  KnowledgeSource,
  KnowledgeUsage,
  SearchAnswer,
  SearchInput,
  TextPage,
  UnansweredQuestion,
} from "../knowledge.ts";
import type { Page } from "../types.ts";
import { type UploadOptions, upload } from "../upload.ts";

export interface DocumentListQuery {
  status?: DocumentStatus;
  q?: string;
  limit?: number;
  cursor?: string;
}

/** What a document may be made from, besides a file. */
export type DocumentInput =
  | { name: string; text: string; metadata?: Record<string, unknown> }
  | { question: string; answer: string }
  | { url: string }
  | { sitemap: string };

interface Outcome {
  data?: unknown;
  error?: unknown;
  response: Response;
}
type Ask = (path: string, options?: object) => Promise<Outcome>;

const asForm = (file: File): FormData => {
  const form = new FormData();
  form.append("file", file, file.name);
  return form;
};

export const knowledgeApi = (client: ApiClient) => {
  const http = client.http as unknown as Record<"GET" | "POST" | "PATCH" | "PUT" | "DELETE", Ask>;
  const ask = <T>(call: Promise<Outcome>) => client.body(call) as Promise<T>;
  const base = (id: string) => `/v1/knowledge-bases/${id}`;
  const document = (id: string) => `/v1/documents/${id}`;
  const source = (id: string) => `/v1/sources/${id}`;
  return {
    usage: () => ask<KnowledgeUsage>(http.GET("/v1/knowledge/usage")),

    bases: (query: { q?: string; limit?: number } = {}) =>
      ask<Page<KnowledgeBase>>(http.GET("/v1/knowledge-bases", { params: { query } })),
    base: (id: string) => ask<KnowledgeBase>(http.GET(base(id))),
    createBase: (body: { name: string; description?: string; settings?: Partial<BaseSettings> }) =>
      ask<KnowledgeBase>(http.POST("/v1/knowledge-bases", { body })),
    updateBase: (
      id: string,
      body: { name?: string; description?: string; settings?: Partial<BaseSettings> },
    ) => ask<KnowledgeBase>(http.PATCH(base(id), { body })),
    removeBase: (id: string) => ask<void>(http.DELETE(base(id))),

    documents: (id: string, { q, ...query }: DocumentListQuery = {}) =>
      ask<Page<KnowledgeDocument>>(
        http.GET(`${base(id)}/documents`, { params: { query: q ? { ...query, q } : query } }),
      ),
    document: (id: string) => ask<KnowledgeDocument>(http.GET(document(id))),
    add: (id: string, body: DocumentInput) =>
      ask<KnowledgeDocument | { data: KnowledgeDocument[] }>(
        http.POST(`${base(id)}/documents`, { body }),
      ),
    addFile: (id: string, file: File, options?: UploadOptions) =>
      upload<KnowledgeDocument & { is_duplicate: boolean }>(
        `${base(id)}/documents`,
        asForm(file),
        options,
      ),
    replaceWithFile: (id: string, file: File, options?: UploadOptions) =>
      upload<KnowledgeDocument>(`${document(id)}/content`, asForm(file), {
        ...options,
        method: "PUT",
      }),
    replaceWithText: (id: string, body: { text: string }) =>
      ask<KnowledgeDocument>(http.PUT(`${document(id)}/content`, { body })),
    updateDocument: (id: string, body: { name?: string; metadata?: Record<string, unknown> }) =>
      ask<KnowledgeDocument>(http.PATCH(document(id), { body })),
    removeDocument: (id: string) => ask<void>(http.DELETE(document(id))),
    retryDocument: (id: string) => ask<KnowledgeDocument>(http.POST(`${document(id)}/retry`)),
    chunks: (id: string, query: { limit?: number; cursor?: string } = {}) =>
      ask<Page<Chunk>>(http.GET(`${document(id)}/chunks`, { params: { query } })),
    text: (id: string) => ask<{ pages: TextPage[] }>(http.GET(`${document(id)}/text`)),

    preview: (
      id: string,
      body: ({ text: string } | { document_id: string }) & { settings: Partial<BaseSettings> },
    ) => ask<ChunkPreview>(http.POST(`${base(id)}/preview`, { body })),
    search: (id: string, body: SearchInput) =>
      ask<SearchAnswer>(http.POST(`${base(id)}/search`, { body })),

    sources: (id: string) => ask<Page<KnowledgeSource>>(http.GET(`${base(id)}/sources`)),
    updateSource: (id: string, body: { refresh_hours: number | null }) =>
      ask<KnowledgeSource>(http.PATCH(source(id), { body })),
    refreshSource: (id: string) => ask<KnowledgeSource>(http.POST(`${source(id)}/refresh`)),
    removeSource: (id: string) => ask<void>(http.DELETE(source(id))),

    unanswered: () => ask<{ data: UnansweredQuestion[] }>(http.GET("/v1/knowledge/unanswered")),
    answer: (id: string, body: { knowledge_base_id: string; question: string; answer: string }) =>
      ask<KnowledgeDocument>(http.POST(`/v1/knowledge/unanswered/${id}/answer`, { body })),
  };
};

/** Where a document's file is, as it was uploaded. */
export const originalHref = (documentId: string): string => `/v1/documents/${documentId}/original`;

/** A page of a PDF as a picture, with a quote marked in it. */
export function pageImageHref(documentId: string, page: number, quote?: string | null): string {
  // Long quotes are found by their beginning as well, and an address has its limits.
  const query = quote ? `?${new URLSearchParams({ quote: quote.slice(0, 400) })}` : "";
  return `/v1/documents/${documentId}/pages/${page}.png${query}`;
}
