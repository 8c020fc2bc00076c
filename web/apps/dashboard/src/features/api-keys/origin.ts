/** Why a text is no allowed origin, or null when it is one: scheme://host[:port], host may be `*.example.com`. */
export function originProblem(text: string): string | null {
  const value = text.trim();
  if (!/^https?:\/\//iu.test(value)) return "Begin with https:// (or http:// for local work).";
  const wildcard = /^(https?:\/\/)\*\.(.+)$/iu.exec(value);
  let url: URL;
  try {
    url = new URL(wildcard ? `${wildcard[1]}${wildcard[2]}` : value);
  } catch {
    return "This is not a web address.";
  }
  if (url.username || url.password) return "An origin has no user name.";
  if (url.search || url.hash || url.pathname !== "/")
    return "Leave out everything after the host name.";
  if (url.hostname.includes("*")) return "The star stands only in front: https://*.example.com";
  if (wildcard && !url.hostname.includes("."))
    return "The star needs a domain: https://*.example.com";
  return null;
}

/** The origin as browsers send it: lower case, no trailing slash, no default port. */
export function normalizeOrigin(text: string): string {
  const value = text.trim();
  const star = value.includes("://*.");
  const url = new URL(star ? value.replace("://*.", "://") : value);
  return star ? url.origin.replace("://", "://*.") : url.origin;
}

/** What is wrong with each line of a form, by index; empty lines are no fault. */
export function originProblems(lines: string[]): Record<number, string> {
  const found: Record<number, string> = {};
  lines.forEach((line, index) => {
    const reason = line.trim() === "" ? null : originProblem(line);
    if (reason) found[index] = reason;
  });
  return found;
}

/** The origins that the lines of a form name, each once. */
export function originsOf(lines: string[]): string[] {
  return [...new Set(lines.filter((line) => line.trim() !== "").map(normalizeOrigin))];
}
