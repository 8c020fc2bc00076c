export interface Memory {
  get(name: string): string | null;
  /** Keep a value; null forgets it. */
  set(name: string, value: string | null): void;
}

/**
 * The host page's first-party storage. It may be blocked: then things last as long as the page.
 *
 * @param storage asked for by a function because even naming it can throw.
 */
export function createMemory(agent: string, storage: () => Storage): Memory {
  const fallback = new Map<string, string | null>();
  const full = (name: string) => `medea:${agent}:${name}`;
  return {
    get(name) {
      try {
        return storage().getItem(full(name));
      } catch {
        return fallback.get(name) ?? null;
      }
    },
    set(name, value) {
      fallback.set(name, value);
      try {
        if (value === null) storage().removeItem(full(name));
        else storage().setItem(full(name), value);
      } catch {
        // Blocked or full: the copy above has it.
      }
    },
  };
}
