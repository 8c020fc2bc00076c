import type { KnowledgeBase } from "@medea/api";
import { Badge, Spinner } from "@medea/ui";
import { formatNumber } from "@/lib/format";
import { isEmbedding } from "./status";

/** Whether a base is searched by meaning, and how far its vectors are. */
export function EmbeddingMark({ base }: { base: KnowledgeBase }) {
  const { embedding } = base;
  if (embedding.model === null) return <Badge variant="outline">Words only</Badge>;
  if (isEmbedding(base)) {
    return (
      <Badge variant="info" className="tabular-nums">
        <Spinner label="" className="size-3" />
        {embedding.state === "switching" ? "Changing the model" : "Embedding"}{" "}
        {formatNumber(embedding.done)} of {formatNumber(embedding.total)}
      </Badge>
    );
  }
  return base.chunk_count === 0 ? (
    <Badge variant="outline">Words and meaning</Badge>
  ) : (
    <Badge variant="success">Words and meaning</Badge>
  );
}
