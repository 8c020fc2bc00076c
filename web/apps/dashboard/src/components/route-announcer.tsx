import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

/** Tells screen readers where a navigation led: a single-page app changes no document. */
export function RouteAnnouncer() {
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const [message, setMessage] = useState("");
  const isFirst = useRef(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is the reason to announce
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    // The page names the document in its own effect; read the name after that.
    const timer = setTimeout(() => setMessage(document.title), 150);
    return () => clearTimeout(timer);
  }, [pathname]);

  return (
    <div aria-live="polite" aria-atomic="true" className="sr-only">
      {message}
    </div>
  );
}
