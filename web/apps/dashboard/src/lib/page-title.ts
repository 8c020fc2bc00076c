import { useEffect } from "react";

/** Name the document, so that tabs, history and the route announcer say where one is. */
export function usePageTitle(...parts: (string | null | undefined)[]): void {
  const title = [...parts.filter(Boolean), "Medea"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
