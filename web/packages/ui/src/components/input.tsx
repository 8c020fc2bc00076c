import type { ComponentProps } from "react";
import { cn } from "../cn";
import { useFieldControl } from "./field-context";

export const inputClassName =
  "touch-target w-full min-w-0 rounded-md border border-input bg-card px-3 text-foreground text-sm shadow-xs transition-colors placeholder:text-muted-foreground disabled:cursor-not-allowed disabled:bg-muted disabled:text-muted-foreground focus-visible:border-ring focus-visible:outline-2 focus-visible:outline-ring focus-visible:-outline-offset-1 aria-invalid:border-destructive aria-invalid:focus-visible:outline-destructive";

export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return (
    <input
      data-slot="input"
      type={type}
      dir="auto"
      className={cn(inputClassName, "h-9 read-only:bg-muted", className)}
      {...useFieldControl(props)}
    />
  );
}
