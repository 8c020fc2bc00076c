import type { Appearance } from "./session/types.ts";

const COLOUR = /^#[0-9a-f]{6}$/i;

/** Dress the document in the agent's colours; only known values get into the style. */
export function applyTheme(
  appearance: Appearance,
  override: "auto" | "light" | "dark" | null = null,
): void {
  const { documentElement: root } = document;
  if (COLOUR.test(appearance.accent)) root.style.setProperty("--accent", appearance.accent);
  if (COLOUR.test(appearance.on_accent)) {
    root.style.setProperty("--on-accent", appearance.on_accent);
  }
  const radius = Math.min(28, Math.max(0, Number(appearance.radius) || 0));
  root.style.setProperty("--radius", `${radius}px`);
  root.dataset.theme = override ?? appearance.theme;
}
