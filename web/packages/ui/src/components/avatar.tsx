import { Avatar as AvatarPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "../cn";

/** The first letters of the first and last word: "Ada King Lovelace" gives "AL". */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return picked
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toLocaleUpperCase();
}

export interface AvatarProps extends ComponentProps<typeof AvatarPrimitive.Root> {
  name: string;
  src?: string | undefined;
}

/** A picture or the initials of a name. Decorative: the name must stand beside it in text. */
export function Avatar({ name, src, className, ...props }: AvatarProps) {
  return (
    <AvatarPrimitive.Root
      data-slot="avatar"
      aria-hidden
      className={cn(
        "inline-flex size-8 shrink-0 select-none items-center justify-center overflow-hidden rounded-full bg-secondary font-medium text-2xs text-secondary-foreground",
        className,
      )}
      {...props}
    >
      {src ? <AvatarPrimitive.Image src={src} alt="" className="size-full object-cover" /> : null}
      <AvatarPrimitive.Fallback>{initials(name) || "?"}</AvatarPrimitive.Fallback>
    </AvatarPrimitive.Root>
  );
}
