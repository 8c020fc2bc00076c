import { Slider as SliderPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "../cn";
import { useFieldControl } from "./field-context";

export interface SliderProps extends ComponentProps<typeof SliderPrimitive.Root> {
  /** Name of the thumb, where no form field labels it. */
  label?: string;
}

export function Slider({ className, label, id, ...props }: SliderProps) {
  const wired = useFieldControl({ id, "aria-describedby": props["aria-describedby"] });
  return (
    <SliderPrimitive.Root
      data-slot="slider"
      className={cn(
        "relative flex h-6 w-full touch-none select-none items-center data-[disabled]:opacity-50",
        className,
      )}
      {...props}
    >
      <SliderPrimitive.Track className="relative h-1.5 w-full grow overflow-hidden rounded-full bg-secondary">
        <SliderPrimitive.Range className="absolute h-full bg-primary" />
      </SliderPrimitive.Track>
      <SliderPrimitive.Thumb
        id={wired.id}
        aria-label={label}
        aria-describedby={wired["aria-describedby"]}
        className="focus-mark relative block size-4 rounded-full border-2 border-primary bg-card shadow-sm after:absolute after:-inset-1.5"
      />
    </SliderPrimitive.Root>
  );
}
