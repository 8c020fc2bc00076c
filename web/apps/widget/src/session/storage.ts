/** Our own origin's storage; in a third-party frame even naming it may throw. */
export function readOwn(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function writeOwn(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Blocked: the visitor is then known as long as this document lives.
  }
}
