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

export type SearchAnswer = Schemas["SearchRead"];
/** `scores` are of each stage by its name: `bm25`, `vector`, `fused`, `rerank`. */
export type SearchHit = Schemas["PassageRead"];

export interface SearchInput {
  query: string;
  top_k: number;
  threshold?: number;
  /** Instead of the base's own, for this search. */
  settings?: Partial<Pick<BaseSettings, "vector_weight" | "rerank">>;
}
