/** The rows with the one at `from` put at `to`; the same rows if either place does not exist. */
export function move<T>(rows: readonly T[], from: number, to: number): T[] {
  const next = [...rows];
  if (to < 0 || to >= next.length) return next;
  const [row] = next.splice(from, 1);
  if (row !== undefined) next.splice(to, 0, row);
  return next;
}
