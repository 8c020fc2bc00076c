const HOME = "/dashboard";

/**
 * The page to return to after the log-in, if it is one of ours.
 *
 * A path that a browser would read as another host (`//evil`, `/\evil`, a full URL) is refused:
 * the value comes from the address bar.
 */
export function safeReturnPath(next: string | undefined): string {
  if (!next?.startsWith("/")) return HOME;
  try {
    const url = new URL(next, "http://medea.invalid");
    // Judged after `..` and backslashes are resolved, as the browser will judge it.
    const isOurs = /^\/(dashboard|invite)(\/|$)/.test(url.pathname);
    if (url.host !== "medea.invalid" || !isOurs) return HOME;
    return `${url.pathname}${url.search}${url.hash}`;
  } catch {
    return HOME;
  }
}
