const allowed = new Set(["http:", "https:", "mailto:", "tel:"]);

/** The address a model's link may lead to, or null for a scheme that could run something. */
export function safeHref(href: string): string | null {
  try {
    const url = new URL(href, "https://relative.invalid");
    return allowed.has(url.protocol) ? href : null;
  } catch {
    return null;
  }
}
