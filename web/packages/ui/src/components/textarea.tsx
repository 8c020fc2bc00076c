import type { ComponentProps } from "react";
import { cn } from "../cn";
import { useFieldControl } from "./field-context";
import { inputClassName } from "./input";

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      data-slot="textarea"
      dir="auto"
      className={cn(
        inputClassName,
        "field-sizing-content min-h-20 resize-y read-only:bg-muted py-2 leading-relaxed",
        className,
      )}
      {...useFieldControl(props)}
    />
  );
}
