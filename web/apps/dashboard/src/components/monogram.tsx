import { cn } from "@medea/ui";

const HUES = [262, 200, 158, 28, 340, 96] as const;

function hueOf(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return HUES[sum % HUES.length] as number;
}

interface MonogramProps {
  name: string;
  size?: "small" | "medium" | "large";
  /** Round for people, square for workspaces and agents. */
  isRound?: boolean;
}

/** The first letter on a quiet colour of its own, to tell things apart at a glance. */
export function Monogram({ name, size = "medium", isRound = false }: MonogramProps) {
  const hue = hueOf(name);
  return (
    <span
      aria-hidden="true"
      style={{
        backgroundColor: `light-dark(oklch(0.93 0.045 ${hue}), oklch(0.36 0.07 ${hue}))`,
        color: `light-dark(oklch(0.42 0.12 ${hue}), oklch(0.92 0.06 ${hue}))`,
      }}
      className={cn(
        "grid shrink-0 select-none place-items-center font-semibold uppercase",
        isRound ? "rounded-full" : "rounded-md",
        size === "small" && "size-5 text-[10px]",
        size === "medium" && "size-6 text-xs",
        size === "large" && "size-10 rounded-lg text-base",
      )}
    >
      {[...name.trim()][0] ?? "?"}
    </span>
  );
}
