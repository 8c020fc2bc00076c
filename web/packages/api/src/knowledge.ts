/** The wire types of knowledge, by the names the product uses. */

export type Rerank = "none" | "features" | "late_interaction" | "api";

export interface BaseSettings {
  chunk_tokens: number;
  embedding_model: string | null;
  /** 0 to 1; null: chosen by the language of the text. */
  vector_weight: number | null;
  rerank: Rerank;
  rerank_model: string | null;
}

export interface EmbeddingState {
  model: string | null;
  dimensions: number | null;
  /** `ready`, `embedding`, `off`, ... */
  state: string;
  done: number;
  total: number;
}

export interface KnowledgeBase {
  id: string;
  name: string;
  description: string;
  settings: BaseSettings;
  embedding: EmbeddingState;
  document_count: number;
  chunk_count: number;
  storage_bytes: number;
  created_at: string;
  updated_at: string;
  agents?: { id: string; name: string }[];
}

export type DocumentStatus =
  | "queued"
  | "extracting"
  | "chunking"
  | "embedding"
  | "ready"
  | "failed";

export interface DocumentProgress {
  step: string;
  done: number;
  total: number | null;
}

export interface KnowledgeDocument {
  id: string;
  base_id: string;
  name: string;
  kind: string;
  media_type?: string | null;
  status: DocumentStatus;
  is_searchable: boolean;
  progress: DocumentProgress | null;
  error: { code: string; message: string } | null;
  /** What the builder should know, such as that some pages are scans. */
  notice?: string | null;
  source_id?: string | null;
  metadata: Record<string, unknown>;
  size_bytes: number;
  page_count: number | null;
  chunk_count: number;
  version: number;
  language: string | null;
  url: string | null;
  created_at: string;
  updated_at: string;
  indexed_at: string | null;
}

export interface ChunkDraft {
  ordinal: number;
  text: string;
  heading_path: string[];
  page_from: number | null;
  page_to: number | null;
  char_from: number;
  char_to: number;
  tokens: number;
}

export interface Chunk extends ChunkDraft {
  id: string;
}

export interface ChunkPreview {
  data: ChunkDraft[];
  chunk_count: number;
  token_count: number;
  language: string | null;
  page_count: number | null;
  notice: string | null;
}

/** A page of the text that was read from a document; a document without pages has one. */
export interface TextPage {
  number: number | null;
  text: string;
  char_from: number;
  char_to: number;
}

export interface SearchHit {
  chunk_id: string;
  document_id: string;
  document_name: string;
  metadata: Record<string, unknown>;
  text: string;
  score: number;
  /** Of each stage by its name: `bm25`, `vector`, `fused`, `rerank`. */
  scores: Record<string, number>;
  page: number | null;
  heading_path: string[];
  char_from: number;
  char_to: number;
  url: string | null;
}

export interface SearchAnswer {
  data: SearchHit[];
  mode: "hybrid" | "lexical";
  notice: string | null;
  timings_ms: Record<string, number>;
}

export interface SearchInput {
  query: string;
  top_k: number;
  threshold?: number;
  filter?: Record<string, unknown>;
  settings?: Partial<Pick<BaseSettings, "vector_weight" | "rerank">>;
}

export interface KnowledgeSource {
  id: string;
  base_id: string;
  kind: "page" | "sitemap";
  url: string;
  /** Hours between two visits; null: only when asked. */
  refresh_hours: number | null;
  status: "queued" | "fetching" | "ready" | "failed";
  error: { code: string; message: string } | null;
  document_count: number;
  fetched_at: string | null;
  next_at: string | null;
  created_at: string;
}

export interface Allowance {
  used: number;
  limit: number | null;
}

export interface KnowledgeUsage {
  bases: Allowance;
  max_file_bytes: number;
  documents: Allowance;
  bytes: Allowance;
  pages: Allowance;
}

export interface UnansweredQuestion {
  id: string;
  question: string;
  count: number;
  last_at: string;
  agent_id: string;
  conversation_id: string | null;
  examples: string[];
}
