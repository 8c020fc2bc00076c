import type { KnowledgeDocument } from "@medea/api";

/** What a form shows of a document: `text` is null where it is a file's. */
export interface Said {
  name: string;
  text: string | null;
}

/** Whether it was written by hand, here or over the API: then it can be changed by hand. */
export const isWritten = ({ source_id, has_original, size_bytes }: KnowledgeDocument): boolean =>
  source_id === null && !has_original && size_bytes > 0;

/** Whether another version is being read: until then its text is what searches find, not what was written last. */
export const isBeingReplaced = ({
  version,
  live_version,
  status,
}: Pick<KnowledgeDocument, "version" | "live_version" | "status">): boolean =>
  live_version !== null && live_version !== version && status !== "failed";

/** Take the whole text of a document apart: that of an answer begins with its question. */
export function saidBy(
  { name, kind }: Pick<KnowledgeDocument, "name" | "kind">,
  whole: string | null,
): Said {
  if (whole === null || kind !== "qa") return { name, text: whole };
  const end = whole.indexOf("\n\n");
  return end < 0
    ? { name, text: whole }
    : { name: whole.slice(0, end), text: whole.slice(end + 2) };
}
