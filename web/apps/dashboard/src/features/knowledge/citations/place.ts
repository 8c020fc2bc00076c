import type { Source } from "@medea/chat/parts";

/** "Page 3 · Returns › Refunds"; empty where nothing more is known than the document. */
export function placeOf(source: Pick<Source, "page" | "headingPath">): string {
  const page = source.page === null ? "" : `Page ${source.page}`;
  return [page, source.headingPath.join(" › ")].filter(Boolean).join(" · ");
}

/** The sources that a text really cites, in the order of their numbers. */
export function citedSources(sources: readonly Source[], cited: readonly number[]): Source[] {
  return sources.filter(({ n }) => cited.includes(n));
}
