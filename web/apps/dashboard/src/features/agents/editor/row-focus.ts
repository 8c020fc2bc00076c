/** Keeps the keyboard's focus with a row that was moved, or near one that was removed. */
import type { RefObject } from "react";

export type RowButton = "up" | "down" | "remove";

const button = (row: Element | undefined, kind: RowButton) =>
  row?.querySelector<HTMLButtonElement>(`[data-row-button="${kind}"]:not(:disabled)`);

/** Focus a button of the row at `index` once it is drawn; at the ends the one that still works. */
export function focusRowButton(
  list: RefObject<HTMLElement | null>,
  index: number,
  kind: RowButton,
): void {
  requestAnimationFrame(() => {
    const rows = list.current?.children ?? [];
    const row = rows[Math.min(index, rows.length - 1)];
    const target =
      button(row, kind) ?? button(row, "down") ?? button(row, "up") ?? button(row, "remove");
    target?.focus();
  });
}
