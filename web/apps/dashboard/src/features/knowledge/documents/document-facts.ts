import type { KnowledgeDocument } from "@medea/api";
import { formatNumber } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { kindOf } from "../kinds";

const counted = (count: number, unit: string): string =>
  `${formatNumber(count)} ${count === 1 ? unit : `${unit}s`}`;

/** "PDF", "1.2 MB", "12 pages", "40 chunks": what can be said of a document in a line. */
export function documentFacts(document: KnowledgeDocument): string[] {
  const { kind, size_bytes, page_count, chunk_count, version } = document;
  return [
    kindOf(kind).label,
    size_bytes > 0 ? formatBytes(size_bytes) : "",
    page_count && page_count > 1 ? counted(page_count, "page") : "",
    chunk_count > 0 ? counted(chunk_count, "chunk") : "",
    version > 1 ? `version ${version}` : "",
  ].filter(Boolean);
}
