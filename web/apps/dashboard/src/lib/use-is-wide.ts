import { useSyncExternalStore } from "react";

// Tailwind's `xl`: from here on a work surface has room for two panes.
const query = matchMedia("(min-width: 80rem)");

function subscribe(listener: () => void): () => void {
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
