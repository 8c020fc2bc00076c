import { useEffect, useState } from "react";

export interface Lazy<T> {
  /** Fetch it now. */
  load: () => Promise<void>;
  /** What was fetched, null until then; fetches it as soon as it is wanted. */
  use: (isWanted?: boolean) => T | null;
}

/** A chunk that is not part of the first load. A failed fetch is tried again by whoever wants it next. */
export function lazily<T>(fetchChunk: () => Promise<T>): Lazy<T> {
  let loaded: T | null = null;
  const waiting = new Set<() => void>();

  const load = async () => {
    loaded ??= await fetchChunk();
    for (const tell of waiting) tell();
    waiting.clear();
  };

  const use = (isWanted = true) => {
    const [, redraw] = useState({});
    useEffect(() => {
      if (loaded || !isWanted) return;
      const tell = () => redraw({});
      waiting.add(tell);
      load().catch(() => {});
      return () => {
        waiting.delete(tell);
      };
    }, [isWanted]);
    return loaded;
  };
  return { load, use };
}
