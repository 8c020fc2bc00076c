import type { ApiClient } from "../client.ts";
import type { BaseSettings, DocumentStatus, KnowledgeDocument, SearchInput } from "../knowledge.ts";
import type { components } from "../schema.gen.ts";
import { type UploadOptions, upload } from "../upload.ts";

export interface DocumentListQuery {
  status?: DocumentStatus;
  q?: string;
  limit?: number;
  cursor?: string;
}

/** What a document may be made from, besides a file. */
export type DocumentInput =
  | { name: string; text: string }
  | { question: string; answer: string }
  | { url: string; refresh_hours?: number }
  | { sitemap: string; refresh_hours?: number; max_pages?: number };

/** What a document may say instead of what it said. */
export type ContentInput = { text: string } | { question: string; answer: string };

/** Settings to be changed; what is absent stays. */
export type BaseSettingsChange = Partial<BaseSettings>;

interface BaseChange {
  name?: string;
  description?: string;
  settings?: BaseSettingsChange;
}

// The description names defaults, which the generated types take for required members.
const asSettings = (settings: BaseSettingsChange) =>
  settings as components["schemas"]["BaseSettingsIn"];

const asBody = <T extends BaseChange>({ settings, ...rest }: T) =>
  settings ? { ...rest, settings: asSettings(settings) } : rest;

const asForm = (file: File): FormData => {
  const form = new FormData();
  form.append("file", file, file.name);
  return form;
};

export const knowledgeApi = (client: ApiClient) => {
  const { http } = client;
  const base = (base_id: string) => ({ params: { path: { base_id } } });
  const document = (document_id: string) => ({ params: { path: { document_id } } });
  const source = (source_id: string) => ({ params: { path: { source_id } } });
  const question = (question_id: string) => ({ params: { path: { question_id } } });
  return {
    usage: () => client.body(http.GET("/v1/knowledge/usage")),

    bases: (query: { limit?: number; cursor?: string } = {}) =>
      client.body(http.GET("/v1/knowledge-bases", { params: { query } })),
    base: (id: string) => client.body(http.GET("/v1/knowledge-bases/{base_id}", base(id))),
    createBase: (body: BaseChange & { name: string }) =>
      client.body(http.POST("/v1/knowledge-bases", { body: { description: "", ...asBody(body) } })),
    updateBase: (id: string, body: BaseChange) =>
      client.body(http.PATCH("/v1/knowledge-bases/{base_id}", { ...base(id), body: asBody(body) })),
    removeBase: (id: string) => client.body(http.DELETE("/v1/knowledge-bases/{base_id}", base(id))),

    documents: (base_id: string, { q, status, ...rest }: DocumentListQuery = {}) =>
      client.body(
        http.GET("/v1/knowledge-bases/{base_id}/documents", {
          params: {
            path: { base_id },
            query: { ...rest, ...(q ? { q } : {}), ...(status ? { status: [status] } : {}) },
          },
        }),
      ),
    document: (id: string) => client.body(http.GET("/v1/documents/{document_id}", document(id))),
    add: (id: string, body: DocumentInput) =>
      client.body(http.POST("/v1/knowledge-bases/{base_id}/documents", { ...base(id), body })),
    addFile: (id: string, file: File, options?: UploadOptions) =>
      upload<components["schemas"]["DocumentAdded"]>(
        `/v1/knowledge-bases/${id}/documents`,
        asForm(file),
        options,
      ),
    replaceWithFile: (id: string, file: File, options?: UploadOptions) =>
      upload<KnowledgeDocument>(`/v1/documents/${id}/content`, asForm(file), {
        ...options,
        method: "PUT",
      }),
    updateDocument: (id: string, body: { name: string }) =>
      client.body(http.PATCH("/v1/documents/{document_id}", { ...document(id), body })),
    replaceText: (id: string, body: ContentInput) =>
      client.body(http.PUT("/v1/documents/{document_id}/content", { ...document(id), body })),
    removeDocument: (id: string) =>
      client.body(http.DELETE("/v1/documents/{document_id}", document(id))),
    retryDocument: (id: string) =>
      client.body(http.POST("/v1/documents/{document_id}/retry", document(id))),
    chunks: (document_id: string, query: { limit?: number; cursor?: string } = {}) =>
      client.body(
        http.GET("/v1/documents/{document_id}/chunks", {
          params: { path: { document_id }, query },
        }),
      ),
    text: (id: string) => client.body(http.GET("/v1/documents/{document_id}/text", document(id))),

    preview: (id: string, document_id: string, settings: BaseSettingsChange) =>
      client.body(
        http.POST("/v1/knowledge-bases/{base_id}/preview", {
          ...base(id),
          body: { document_id, settings: asSettings(settings) },
        }),
      ),
    search: (id: string, { settings, ...body }: SearchInput) =>
      client.body(
        http.POST("/v1/knowledge-bases/{base_id}/search", {
          ...base(id),
          body: settings
            ? { ...body, settings: settings as components["schemas"]["SearchSettingsIn"] }
            : body,
        }),
      ),

    sources: (base_id: string, query: { limit?: number; cursor?: string } = {}) =>
      client.body(
        http.GET("/v1/knowledge-bases/{base_id}/sources", { params: { path: { base_id }, query } }),
      ),
    updateSource: (
      id: string,
      body: { refresh_hours?: number | null; max_pages?: number; left_out?: string[] },
    ) => client.body(http.PATCH("/v1/sources/{source_id}", { ...source(id), body })),
    refreshSource: (id: string) =>
      client.body(http.POST("/v1/sources/{source_id}/refresh", source(id))),
    removeSource: (id: string) => client.body(http.DELETE("/v1/sources/{source_id}", source(id))),

    unanswered: (query: { limit?: number; cursor?: string } = {}) =>
      client.body(http.GET("/v1/knowledge/unanswered", { params: { query } })),
    answer: (id: string, body: components["schemas"]["QuestionAnswer"]) =>
      client.body(
        http.POST("/v1/knowledge/unanswered/{question_id}/answer", { ...question(id), body }),
      ),
    dismissQuestion: (id: string) =>
      client.body(http.DELETE("/v1/knowledge/unanswered/{question_id}", question(id))),
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
