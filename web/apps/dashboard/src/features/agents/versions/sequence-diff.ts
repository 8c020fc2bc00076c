/**
 * The shortest edit between two sequences.
 *
 * E. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986), the greedy
 * forward version, after equal heads and tails are cut off.
 */

export interface Edit<T> {
  kind: "same" | "removed" | "added";
  items: T[];
}

/** Above this many differences an exact answer costs more than it tells. */
const MOST_DIFFERENCES = 700;

export function diffSequences<T>(before: readonly T[], after: readonly T[]): Edit<T>[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  return join([
    { kind: "same", items: before.slice(0, head) },
    ...middle(a, b),
    { kind: "same", items: before.slice(before.length - tail) },
  ]);
}

function middle<T>(a: readonly T[], b: readonly T[]): Edit<T>[] {
  const trace = a.length > 0 && b.length > 0 ? forward(a, b) : null;
  if (trace) return backtrack(a, b, trace);
  return [
    { kind: "removed", items: [...a] },
    { kind: "added", items: [...b] },
  ];
}

/** Furthest reach on each diagonal after each number of differences; null if there are too many. */
function forward<T>(a: readonly T[], b: readonly T[]): Map<number, number>[] | null {
  const reach = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  const most = Math.min(a.length + b.length, MOST_DIFFERENCES);
  for (let d = 0; d <= most; d++) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      let x = comesDown(reach, k, d) ? at(reach, k + 1) : at(reach, k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return null;
}

const at = (reach: Map<number, number>, k: number): number => reach.get(k) ?? -1;

function comesDown(reach: Map<number, number>, k: number, d: number): boolean {
  return k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1));
}

function backtrack<T>(a: readonly T[], b: readonly T[], trace: Map<number, number>[]): Edit<T>[] {
  const edits: Edit<T>[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d] as Map<number, number>;
    const k = x - y;
    const previousK = comesDown(reach, k, d) ? k + 1 : k - 1;
    const previousX = at(reach, previousK);
    const previousY = previousX - previousK;
    while (x > previousX && y > previousY && x > 0 && y > 0) {
      edits.push({ kind: "same", items: [a[x - 1] as T] });
      x--;
      y--;
    }
    if (d === 0) break;
    if (x === previousX) edits.push({ kind: "added", items: [b[y - 1] as T] });
    else edits.push({ kind: "removed", items: [a[x - 1] as T] });
    x = previousX;
    y = previousY;
  }
  return edits.reverse();
}

/** Neighbours of one kind as one edit, and what was removed before what was added in its place. */
function join<T>(edits: Edit<T>[]): Edit<T>[] {
  const joined: Edit<T>[] = [];
  let removed: T[] = [];
  let added: T[] = [];
  const close = () => {
    if (removed.length > 0) joined.push({ kind: "removed", items: removed });
    if (added.length > 0) joined.push({ kind: "added", items: added });
    removed = [];
    added = [];
  };
  for (const { kind, items } of edits) {
    if (items.length === 0) continue;
    if (kind === "removed") removed.push(...items);
    else if (kind === "added") added.push(...items);
    else {
      close();
      const last = joined.at(-1);
      if (last?.kind === "same") last.items.push(...items);
      else joined.push({ kind, items: [...items] });
    }
  }
  close();
  return joined;
}
