import type { RawPart } from "@medea/chat";
import { citedNumbers, type Parts, readParts, type Source } from "@medea/chat/parts";

const known = new WeakMap<readonly RawPart[], Parts>();

/** The parts of a message, read once for as long as they stay the same. */
export function read(parts: readonly RawPart[]): Parts {
  let found = known.get(parts);
  if (!found) {
    found = readParts(parts);
    known.set(parts, found);
  }
  return found;
}

/** The sources that the text cites. */
export function shownSources(text: string, parts: readonly RawPart[]): Source[] {
  const cited = citedNumbers(text);
  return read(parts).sources.filter(({ n }) => cited.includes(n));
}

/** The element of a source in the list below its answer. */
export const sourceElementId = (messageKey: string, n: number): string =>
  `source-${messageKey}-${n}`;
