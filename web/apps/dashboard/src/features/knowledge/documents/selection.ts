import { useCallback, useRef, useState } from "react";

/** The ids from the last touched one to this one, in the order of the list. */
export function rangeBetween(order: readonly string[], from: string | null, to: string): string[] {
  const start = from === null ? -1 : order.indexOf(from);
  const end = order.indexOf(to);
  if (start < 0 || end < 0) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** Which rows are ticked; Shift extends from the last touched one. */
export function useSelection(order: readonly string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const current = useRef(order);
  current.current = order;

  const select = useCallback((id: string, isSelected: boolean, withShift: boolean) => {
    const ids = withShift ? rangeBetween(current.current, last.current, id) : [id];
    last.current = id;
    setChosen((before) => {
      const next = new Set(before);
      for (const one of ids) {
        if (isSelected) next.add(one);
        else next.delete(one);
      }
      return next;
    });
  }, []);

  // What is no longer listed is no longer chosen: nobody may delete what they do not see.
  const selected = order.filter((id) => chosen.has(id));
  return {
    selected,
    select,
    selectAll: () => setChosen(new Set(order)),
    clear: () => setChosen(new Set()),
  };
}
