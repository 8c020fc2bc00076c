import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../cn";

export interface EmptyStateProps {
  icon?: LucideIcon;
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  /** Without the dashed frame, inside a card or a table. */
  bare?: boolean;
  className?: string;
}

/** What is shown where there is nothing yet: what would be here, and the one thing to do. */
export function EmptyState({
  icon: Icon,
  title,
  description,
  action,
  bare = false,
  className,
}: EmptyStateProps) {
  return (
    <div
      data-slot="empty-state"
      className={cn(
        "flex flex-col items-center justify-center gap-4 px-6 py-14 text-center",
        bare ? "" : "rounded-xl border border-dashed",
        className,
      )}
    >
      {Icon ? (
        <div className="flex size-10 items-center justify-center rounded-lg border bg-card text-muted-foreground shadow-xs">
          <Icon className="size-5" strokeWidth={1.75} aria-hidden />
        </div>
      ) : null}
      <div className="grid max-w-sm gap-1">
        <h2 className="font-semibold text-base">{title}</h2>
        {description ? (
          <div className="text-balance text-muted-foreground text-sm">{description}</div>
        ) : null}
      </div>
      {action ? <div className="flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
