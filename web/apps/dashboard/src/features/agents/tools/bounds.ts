/** What somebody typed as a bound: a number above zero, whole where only such count, or none. */
export function readBound(text: string, step: number): number | null {
  const value = Number.parseFloat(text);
  if (!Number.isFinite(value) || value <= 0) return null;
  return step === 1 ? Math.max(1, Math.floor(value)) : value;
}

/** What holds anyway, where the installation bounds all agents. */
export const boundHint = (most: number | null, unit: string): string =>
  most === null ? "Empty: no bound." : `At most ${most} ${unit} here.`;
