import type { BaseSettings, Rerank, SearchInput } from "@medea/api";

/** What a trial search is done with; it lives in the address bar, so that a trial can be sent on. */
export interface HitSettings {
  q?: string;
  top_k?: number;
  threshold?: number;
  /** 0 to 1; absent: as the base has it. */
  weight?: number;
  rerank?: Rerank;
}

export const RERANKS: readonly { value: Rerank; label: string; description: string }[] = [
  { value: "none", label: "Off", description: "The fused scores decide." },
  { value: "features", label: "Fast", description: "Weighs exact words, places and headings." },
  {
    value: "late_interaction",
    label: "Thorough",
    description: "Compares word by word in meaning; needs more room.",
  },
  { value: "api", label: "Model", description: "A reranking model of a provider." },
];

const within = (value: unknown, min: number, max: number): number | undefined => {
  const number = typeof value === "string" ? Number.parseFloat(value) : value;
  return typeof number === "number" && number >= min && number <= max ? number : undefined;
};

export function readHitSettings(search: Record<string, unknown>): HitSettings {
  const top_k = within(search.top_k, 1, 50);
  const threshold = within(search.threshold, 0, 1);
  const weight = within(search.weight, 0, 1);
  const rerank = RERANKS.find(({ value }) => value === search.rerank)?.value;
  return {
    ...(typeof search.q === "string" && search.q !== "" ? { q: search.q } : {}),
    ...(top_k === undefined ? {} : { top_k: Math.round(top_k) }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(weight === undefined ? {} : { weight }),
    ...(rerank === undefined ? {} : { rerank }),
  };
}

export const DEFAULT_TOP_K = 6;

/** The request that a trial is. */
export function toSearch(hit: HitSettings & { q: string }): SearchInput {
  const settings: Partial<Pick<BaseSettings, "vector_weight" | "rerank">> = {
    ...(hit.weight === undefined ? {} : { vector_weight: hit.weight }),
    ...(hit.rerank === undefined ? {} : { rerank: hit.rerank }),
  };
  return {
    query: hit.q,
    top_k: hit.top_k ?? DEFAULT_TOP_K,
    ...(hit.threshold === undefined ? {} : { threshold: hit.threshold }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}
