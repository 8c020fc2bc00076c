/** The life of a document in words. */
import type { DocumentStatus, KnowledgeBase, KnowledgeDocument } from "@medea/api";
import { formatNumber } from "@/lib/format";

export const STATUSES: readonly DocumentStatus[] = [
  "queued",
  "extracting",
  "chunking",
  "embedding",
  "ready",
  "failed",
];

const LABELS: Record<DocumentStatus, string> = {
  queued: "Waiting",
  extracting: "Reading",
  chunking: "Cutting",
  embedding: "Embedding",
  ready: "Ready",
  failed: "Failed",
};

export const statusLabel = (status: DocumentStatus): string => LABELS[status];

/** Whether the server is still at work on a document. */
export const isUnfinished = ({ status }: Pick<KnowledgeDocument, "status">): boolean =>
  status !== "ready" && status !== "failed";

/** Whether vectors of a base are still being made. */
export const isEmbedding = ({ embedding }: Pick<KnowledgeBase, "embedding">): boolean =>
  embedding.state === "embedding" || embedding.state === "switching";

/** What is being done this moment: "Reading page 3 of 12". */
export function progressSentence(document: Pick<KnowledgeDocument, "status" | "progress">): string {
  const { status, progress } = document;
  if (status === "queued") return "Waiting for its turn";
  const done = progress?.done ?? 0;
  const total = progress?.total ?? 0;
  const of = total > 0 ? ` of ${formatNumber(total)}` : "";
  if (status === "extracting")
    return done > 0 ? `Reading page ${formatNumber(done)}${of}` : "Reading";
  if (status === "chunking") return "Cutting into chunks";
  if (status === "embedding") {
    return total > 0 ? `Embedding ${formatNumber(done)}${of}` : "Embedding";
  }
  return statusLabel(status);
}

/** The share that is done, 0 to 1, or null while it cannot be told. */
export function progressShare({ progress }: Pick<KnowledgeDocument, "progress">): number | null {
  if (!progress?.total) return null;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}
