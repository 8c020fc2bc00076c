/** The wire types of knowledge, by the names the product uses; made from the server's OpenAPI. */
import type { components } from "./schema.gen.ts";

type Schemas = components["schemas"];

export type KnowledgeBase = Schemas["BaseRead"];
export type BaseSettings = Schemas["BaseSettingsRead"];
export type Rerank = BaseSettings["rerank"];

export type KnowledgeDocument = Schemas["DocumentRead"];
export type DocumentStatus = KnowledgeDocument["status"];
export type KnowledgeSource = Schemas["SourceRead"];

export type Chunk = Schemas["ChunkRead"];
export type ChunkDraft = Schemas["DraftRead"];
export type ChunkPreview = Schemas["PreviewRead"];
/** A page of the text that was read from a document; a document without pages has one. */
export type TextPage = Schemas["TextPageRead"];

export type KnowledgeUsage = Schemas["KnowledgeUsageRead"];
export type Allowance = KnowledgeUsage["documents"];
export type UnansweredQuestion = Schemas["QuestionRead"];

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
