/** Keyboard shortcuts of the whole dashboard. */
import { useEffect, useSyncExternalStore } from "react";

const KEY = "medea.single-key-shortcuts";
const listeners = new Set<() => void>();
let inMemory = true;

/** Single-key shortcuts can be turned off (WCAG 2.1.4): speech input types letters by accident. */
function isEnabled(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return inMemory;
  }
}

export function setSingleKeysEnabled(enabled: boolean): void {
  inMemory = enabled;
  try {
    if (enabled) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // Blocked storage: the choice holds for this page only.
  }
  for (const listener of listeners) listener();
}

export function useSingleKeysEnabled(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, isEnabled);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

const isDialogOpen = () => document.querySelector('[role="dialog"],[role="alertdialog"]') !== null;

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
export const modifierKey = isMac ? "⌘" : "Ctrl";

/**
 * Run actions by key: `mod+k`, a single character (`?`), or two after another (`g a`).
 *
 * Single characters are left alone while somebody types or a dialog is open.
 */
export function useShortcuts(actions: Record<string, () => void>): void {
  useEffect(() => {
    let first = "";
    let forget: ReturnType<typeof setTimeout> | undefined;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const isModified = event.metaKey || event.ctrlKey;
      const action = isModified ? actions[`mod+${event.key.toLowerCase()}`] : undefined;
      if (action) {
        event.preventDefault();
        action();
        return;
      }
      if (isModified || event.altKey || isTyping(event.target) || isDialogOpen()) return;
      if (!isEnabled() || event.key.length !== 1) return;
      const run = actions[`${first} ${event.key}`.trim()] ?? actions[event.key];
      clearTimeout(forget);
      if (run) {
        event.preventDefault();
        first = "";
        run();
        return;
      }
      first = event.key;
      forget = setTimeout(() => {
        first = "";
      }, 900);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => {
      clearTimeout(forget);
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [actions]);
}
