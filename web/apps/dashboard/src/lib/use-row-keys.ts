import { useMemo } from "react";
import { useShortcuts } from "@/lib/shortcuts";

/** `j` and `k` move through the list; Enter opens, being a link's own key. */
export function useRowKeys(): void {
  const actions = useMemo(() => {
    const move = (step: number) => () => {
      const rows = [...document.querySelectorAll<HTMLElement>("[data-list-row]")];
      const at = rows.indexOf(document.activeElement as HTMLElement);
      const next = at === -1 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
      rows[next]?.focus();
    };
    return { j: move(1), k: move(-1) };
  }, []);
  useShortcuts(actions);
}
