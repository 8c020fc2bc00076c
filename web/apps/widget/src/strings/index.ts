import { en, type Strings } from "./en.ts";

/** Languages there are words for. A loader instead of words keeps the others out of the first load. */
const LANGUAGES: Record<string, Strings> = { en };

const RIGHT_TO_LEFT = new Set([
  "ar",
  "arc",
  "ckb",
  "dv",
  "fa",
  "he",
  "ku",
  "ps",
  "sd",
  "ug",
  "ur",
  "yi",
]);

const base = (tag: string): string => tag.toLowerCase().split("-")[0] ?? "";

/** The first wanted language that there are words for, else English. */
export function chooseLanguage(wanted: readonly string[]): string {
  return wanted.map(base).find((tag) => tag in LANGUAGES) ?? "en";
}

/**
 * The direction of the page's language. It follows what was asked for and not the words found: an
 * Arabic shop whose assistant answers in Arabic reads right to left even while our labels are English.
 */
export function directionOf(wanted: readonly string[], explicit: string | null): "ltr" | "rtl" {
  if (explicit === "rtl" || explicit === "ltr") return explicit;
  return RIGHT_TO_LEFT.has(base(wanted[0] ?? "")) ? "rtl" : "ltr";
}

let current: Strings = en;

export function setLanguage(tag: string): void {
  current = LANGUAGES[tag] ?? en;
}

/** The words of the language in use. */
export const strings = (): Strings => current;
