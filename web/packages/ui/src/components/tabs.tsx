import { Tabs as TabsPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "../cn";

/** The look of one tab; also for links that act as tabs, with `aria-current="page"` or `data-status="active"`. */
export const tabClassName =
  "focus-mark relative -mb-px inline-flex h-10 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-t-md border-transparent border-b-2 px-1 font-medium text-muted-foreground text-sm -outline-offset-2 transition-colors hover:text-foreground disabled:pointer-events-none disabled:opacity-50 aria-[current=page]:border-primary aria-[current=page]:text-foreground data-[state=active]:border-primary data-[state=active]:text-foreground [&_svg]:size-4";

/** The row that holds tabs; scrolls sideways on a phone. */
export const tabListClassName =
  "flex items-center gap-5 overflow-x-auto overflow-y-hidden border-b";

export function Tabs({ className, ...props }: ComponentProps<typeof TabsPrimitive.Root>) {
  return (
    <TabsPrimitive.Root
      data-slot="tabs"
      className={cn("flex flex-col gap-5", className)}
      {...props}
    />
  );
}

export function TabsList({ className, ...props }: ComponentProps<typeof TabsPrimitive.List>) {
  return (
    <TabsPrimitive.List
      data-slot="tabs-list"
      className={cn(tabListClassName, className)}
      {...props}
    />
  );
}

export function TabsTrigger({ className, ...props }: ComponentProps<typeof TabsPrimitive.Trigger>) {
  return (
    <TabsPrimitive.Trigger
      data-slot="tabs-trigger"
      className={cn(tabClassName, className)}
      {...props}
    />
  );
}

/** A compact tab list on a tinted track, for switching a view inside a card. */
export function SegmentedList({ className, ...props }: ComponentProps<typeof TabsPrimitive.List>) {
  return (
    <TabsPrimitive.List
      data-slot="segmented-list"
      className={cn(
        "inline-flex w-fit max-w-full items-center gap-0.5 overflow-x-auto rounded-lg bg-secondary p-0.5",
        className,
      )}
      {...props}
    />
  );
}

export function SegmentedTrigger({
  className,
  ...props
}: ComponentProps<typeof TabsPrimitive.Trigger>) {
  return (
    <TabsPrimitive.Trigger
      data-slot="segmented-trigger"
      className={cn(
        "focus-mark touch-target inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2.5 font-medium text-muted-foreground text-xs -outline-offset-1 hover:text-foreground data-[state=active]:bg-card data-[state=active]:text-foreground data-[state=active]:shadow-xs [&_svg]:size-3.5",
        className,
      )}
      {...props}
    />
  );
}

export function TabsContent({ className, ...props }: ComponentProps<typeof TabsPrimitive.Content>) {
  return (
    <TabsPrimitive.Content
      data-slot="tabs-content"
      className={cn("focus-mark min-w-0 rounded-md outline-offset-4", className)}
      {...props}
    />
  );
}
