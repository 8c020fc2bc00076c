/** Which two versions are compared, held in the address bar. */

export type VersionRef = number | "draft";

export interface CompareSearch {
  from?: number;
  to?: VersionRef;
}

const number = (value: unknown): number | undefined => {
  const parsed = Number(value);
  return Number.isInteger(parsed) && parsed > 0 ? parsed : undefined;
};

export function parseCompare(search: Record<string, unknown>): CompareSearch {
  const from = number(search.from);
  const to = search.to === "draft" ? "draft" : number(search.to);
  if (from === undefined || to === undefined || from === to) return {};
  return { from, to };
}

export const refName = (ref: VersionRef): string => (ref === "draft" ? "draft" : `version ${ref}`);
