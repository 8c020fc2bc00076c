import { XIcon } from "lucide-react";
import { Dialog as DialogPrimitive } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "../cn";
import { buttonVariants } from "./button";
import { DialogOverlay } from "./dialog";
import { useFocusReturn } from "./use-focus-return";

export function Sheet(props: ComponentProps<typeof DialogPrimitive.Root>) {
  return <DialogPrimitive.Root data-slot="sheet" {...props} />;
}

export function SheetTrigger(props: ComponentProps<typeof DialogPrimitive.Trigger>) {
  return <DialogPrimitive.Trigger data-slot="sheet-trigger" {...props} />;
}

export function SheetClose(props: ComponentProps<typeof DialogPrimitive.Close>) {
  return <DialogPrimitive.Close data-slot="sheet-close" {...props} />;
}

export interface SheetContentProps extends ComponentProps<typeof DialogPrimitive.Content> {
  side?: "left" | "right";
}

export function SheetContent({ className, side = "right", children, ...props }: SheetContentProps) {
  const focus = useFocusReturn(props);
  return (
    <DialogPrimitive.Portal>
      <DialogOverlay />
      <DialogPrimitive.Content
        data-slot="sheet-content"
        data-side={side}
        className={cn(
          "fixed inset-y-0 z-50 flex w-[min(26rem,calc(100%-2.5rem))] flex-col gap-4 overflow-y-auto bg-popover p-5 text-popover-foreground shadow-lg outline-none data-[side=left]:left-0 data-[side=right]:right-0 data-[side=left]:border-r data-[side=right]:border-l data-[side=left]:data-[state=closed]:animate-slide-out-left data-[side=left]:data-[state=open]:animate-slide-in-left data-[side=right]:data-[state=closed]:animate-slide-out-right data-[side=right]:data-[state=open]:animate-slide-in-right",
          className,
        )}
        {...props}
        {...focus.handlers}
      >
        {focus.origin}
        {children}
        <DialogPrimitive.Close
          className={cn(
            buttonVariants({ variant: "ghost", size: "icon-xs" }),
            "absolute top-3.5 right-3.5 text-muted-foreground",
          )}
        >
          <XIcon aria-hidden />
          <span className="sr-only">Close</span>
        </DialogPrimitive.Close>
      </DialogPrimitive.Content>
    </DialogPrimitive.Portal>
  );
}

export function SheetHeader({ className, ...props }: ComponentProps<"div">) {
  return <div data-slot="sheet-header" className={cn("grid gap-1 pr-8", className)} {...props} />;
}

export function SheetFooter({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      data-slot="sheet-footer"
      className={cn("mt-auto flex flex-col gap-2", className)}
      {...props}
    />
  );
}

export function SheetTitle({ className, ...props }: ComponentProps<typeof DialogPrimitive.Title>) {
  return (
    <DialogPrimitive.Title
      data-slot="sheet-title"
      className={cn("font-semibold text-lg", className)}
      {...props}
    />
  );
}

export function SheetDescription({
  className,
  ...props
}: ComponentProps<typeof DialogPrimitive.Description>) {
  return (
    <DialogPrimitive.Description
      data-slot="sheet-description"
      className={cn("text-muted-foreground text-sm", className)}
      {...props}
    />
  );
}
