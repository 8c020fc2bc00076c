import { Link, type LinkProps } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";

/** The way back to the list that a page was opened from, above its title. */
export function BackLink({ children, ...to }: LinkProps & { children: ReactNode }) {
  return (
    <Link
      {...to}
      className="focus-mark touch-target -ml-1 inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm px-1 text-muted-foreground text-xs hover:text-foreground"
    >
      <ArrowLeft className="size-3.5 shrink-0" aria-hidden="true" />
      <span dir="auto" className="truncate">
        {children}
      </span>
    </Link>
  );
}
