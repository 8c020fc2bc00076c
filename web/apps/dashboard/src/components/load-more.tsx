import { Button } from "@medea/ui";
import { useEffect, useRef } from "react";

/** Loads the next page when it comes into view; the button is there for the keyboard. */
export function LoadMore({ isLoading, onLoad }: { isLoading: boolean; onLoad: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const load = useRef(onLoad);
  load.current = onLoad;
  useEffect(() => {
    const element = end.current;
    if (!element || typeof IntersectionObserver === "undefined") return;
    const watch = (entries: IntersectionObserverEntry[]) => {
      if (entries.some((entry) => entry.isIntersecting)) load.current();
    };
    const observer = new IntersectionObserver(watch, { rootMargin: "300px" });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={end} className="mt-4 flex justify-center">
      <Button variant="outline" size="sm" loading={isLoading} onClick={onLoad}>
        Load more
      </Button>
    </div>
  );
}
