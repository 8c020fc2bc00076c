import type { ReactNode } from "react";
import { cn } from "../cn";

export interface PageHeaderProps {
  title: ReactNode;
  description?: ReactNode;
  /** A link back or a trail, above the title. */
  eyebrow?: ReactNode;
  /** Badges beside the title. */
  meta?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/** The head of a page: the only `h1`, what the page is for, and what can be done. */
export function PageHeader({
  title,
  description,
  eyebrow,
  meta,
  actions,
  className,
}: PageHeaderProps) {
  return (
    <header
      data-slot="page-header"
      className={cn(
        "flex flex-col gap-3 sm:flex-row sm:items-start sm:justify-between sm:gap-6",
        className,
      )}
    >
      <div className="grid min-w-0 grid-cols-1 gap-1 sm:flex-1">
        {eyebrow ? <div className="text-muted-foreground text-xs">{eyebrow}</div> : null}
        <div className="flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-1">
          <h1 dir="auto" className="min-w-0 break-words font-semibold text-xl tracking-[-0.018em]">
            {title}
          </h1>
          {meta}
        </div>
        {description ? (
          <p className="max-w-prose text-muted-foreground text-sm">{description}</p>
        ) : null}
      </div>
      {actions ? <div className="flex shrink-0 flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}
