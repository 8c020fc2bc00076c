import { type RefObject, useEffect, useState } from "react";

/**
 * How many children of a row stand in its first line; the row wraps and hides what is below.
 *
 * @param content changes when the children's widths may have.
 */
export function useFitting(row: RefObject<HTMLElement | null>, content: string): number {
  const [count, setCount] = useState(Number.POSITIVE_INFINITY);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new content is measured anew
  useEffect(() => {
    const element = row.current;
    if (!element) return;
    const measure = () => {
      const children = [...element.children] as HTMLElement[];
      const below = children.findIndex((child) => child.offsetTop > (children[0]?.offsetTop ?? 0));
      setCount(below < 0 ? Number.POSITIVE_INFINITY : below);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [row, content]);
  return count;
}
