const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** "3.4 MB"; kB are 1000 bytes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toLocaleString(navigator.language, { maximumFractionDigits: digits })} ${UNITS[unit]}`;
}
