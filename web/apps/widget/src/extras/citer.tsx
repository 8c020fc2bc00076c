import type { RawPart } from "@medea/chat";
import type { Cite } from "../conversation/Markdown.tsx";
import { read, sourceElementId } from "./read.ts";
import { words } from "./words.ts";

const citers = new WeakMap<readonly RawPart[], Cite>();

/** How the markers of a message are drawn: the same function for as long as its parts stay the same. */
export function citer(messageKey: string, parts: readonly RawPart[]): Cite {
  let cite = citers.get(parts);
  if (!cite) {
    const { sources: found, grounding } = read(parts);
    const sources = new Map(found.map((source) => [source.n, source]));
    cite = (n) => {
      const source = sources.get(n);
      // A marker that the server could not verify leads nowhere: once that is known it is left out.
      if (!source) return grounding ? "" : null;
      return (
        <button
          type="button"
          className="cite"
          aria-label={words().source(n, source.title)}
          title={source.title}
          onClick={() => openSource(sourceElementId(messageKey, n))}
        >
          {n}
        </button>
      );
    };
    citers.set(parts, cite);
  }
  return cite;
}

/** Open a source in the list and go there; while the answer is written there is no list yet. */
function openSource(id: string): void {
  const details = document.getElementById(id) as HTMLDetailsElement | null;
  if (!details) return;
  details.open = true;
  details.scrollIntoView({ block: "nearest" });
  details.querySelector("summary")?.focus();
}
