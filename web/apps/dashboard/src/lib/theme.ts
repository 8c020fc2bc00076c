/** Light, dark, or what the system says; the pre-paint script in public/theme.js reads the same key. */
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

const KEY = "medea.theme";
const listeners = new Set<() => void>();
const systemDark = matchMedia("(prefers-color-scheme: dark)");
let inMemory: Theme = "system";

function read(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return inMemory;
  }
}

function paint(): void {
  const theme = read();
  const isDark = theme === "dark" || (theme === "system" && systemDark.matches);
  document.documentElement.classList.toggle("dark", isDark);
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme): void {
  inMemory = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Blocked storage: the choice holds for this page only.
  }
  paint();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

systemDark.addEventListener("change", paint);
globalThis.addEventListener("storage", (event) => {
  if (event.key === KEY) paint();
});

export function useTheme(): { theme: Theme; isDark: boolean } {
  const theme = useSyncExternalStore(subscribe, read);
  const isDark = useSyncExternalStore(subscribe, () =>
    document.documentElement.classList.contains("dark"),
  );
  return { theme, isDark };
}
