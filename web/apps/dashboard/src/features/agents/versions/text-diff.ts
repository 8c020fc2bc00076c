/** What changed in a text: lines first, then words within the lines that changed. */
import { diffSequences, type Edit } from "./sequence-diff";

export interface TextPart {
  kind: Edit<string>["kind"];
  text: string;
}

const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Words, runs of blanks, and single other characters. */
const words = (text: string): string[] => text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];

export function diffText(before: string, after: string): TextPart[] {
  const parts: TextPart[] = [];
  const edits = diffSequences(lines(before), lines(after));
  for (let index = 0; index < edits.length; index++) {
    const edit = edits[index] as Edit<string>;
    const next = edits[index + 1];
    if (edit.kind === "removed" && next?.kind === "added") {
      for (const { kind, items } of diffSequences(
        words(edit.items.join("")),
        words(next.items.join("")),
      )) {
        parts.push({ kind, text: items.join("") });
      }
      index++;
    } else parts.push({ kind: edit.kind, text: edit.items.join("") });
  }
  return absorbBlanks(parts);
}

/**
 * A lone blank between two changed stretches belongs to the change: "old words" -> "new text" reads
 * better as one replacement than as two with a blank in between.
 */
function absorbBlanks(parts: TextPart[]): TextPart[] {
  const result: TextPart[] = [];
  let removed = "";
  let added = "";
  const close = () => {
    if (removed) result.push({ kind: "removed", text: removed });
    if (added) result.push({ kind: "added", text: added });
    removed = "";
    added = "";
  };
  parts.forEach((part, index) => {
    const isBetween =
      part.kind === "same" &&
      /^[^\S\n]+$/.test(part.text) &&
      removed !== "" &&
      added !== "" &&
      index + 1 < parts.length;
    if (part.kind === "removed") removed += part.text;
    else if (part.kind === "added") added += part.text;
    else if (isBetween) {
      removed += part.text;
      added += part.text;
    } else {
      close();
      result.push(part);
    }
  });
  close();
  return result;
}

/** Words that came and went, for a one-line summary. */
export function countChanges(parts: readonly TextPart[]): { added: number; removed: number } {
  const count = (kind: TextPart["kind"]) =>
    parts
      .filter((part) => part.kind === kind)
      .reduce((sum, part) => sum + (part.text.match(/\S+/g)?.length ?? 0), 0);
  return { added: count("added"), removed: count("removed") };
}
