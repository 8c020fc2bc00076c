import { type ComponentProps, useRef } from "react";
import { cn } from "../cn";
import { useScrollable } from "./use-scrollable";

export interface TableProps extends ComponentProps<"table"> {
  /** Name of the table, read out when it is reached. */
  label: string;
}

export function Table({ className, label, ...props }: TableProps) {
  const container = useRef<HTMLDivElement>(null);
  const scrollable = useScrollable(container);
  return (
    <div
      ref={container}
      data-slot="table-container"
      className="focus-mark relative w-full overflow-x-auto rounded-[inherit] -outline-offset-2"
      {...(scrollable ? { tabIndex: 0, role: "region", "aria-label": `${label}, scrollable` } : {})}
    >
      <table
        data-slot="table"
        aria-label={label}
        className={cn("w-full caption-bottom border-collapse text-sm", className)}
        {...props}
      />
    </div>
  );
}

export function TableHeader({ className, ...props }: ComponentProps<"thead">) {
  return <thead data-slot="table-header" className={cn("[&_tr]:border-b", className)} {...props} />;
}

export function TableBody({ className, ...props }: ComponentProps<"tbody">) {
  return (
    <tbody
      data-slot="table-body"
      className={cn("[&_tr:last-child]:border-0", className)}
      {...props}
    />
  );
}

export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return (
    <tr
      data-slot="table-row"
      className={cn(
        "border-b transition-colors hover:bg-muted/60 data-[state=selected]:bg-muted",
        className,
      )}
      {...props}
    />
  );
}

export function TableHead({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      data-slot="table-head"
      scope="col"
      className={cn(
        "h-9 whitespace-nowrap px-4 text-left align-middle font-medium text-muted-foreground text-xs",
        className,
      )}
      {...props}
    />
  );
}

export function TableCell({ className, ...props }: ComponentProps<"td">) {
  return (
    <td data-slot="table-cell" className={cn("px-4 py-2.5 align-middle", className)} {...props} />
  );
}

export function TableCaption({ className, ...props }: ComponentProps<"caption">) {
  return (
    <caption
      data-slot="table-caption"
      className={cn("mt-4 text-muted-foreground text-sm", className)}
      {...props}
    />
  );
}
