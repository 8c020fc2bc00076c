import { cva, type VariantProps } from "class-variance-authority";
import {
  CircleAlertIcon,
  CircleCheckIcon,
  InfoIcon,
  LockIcon,
  TriangleAlertIcon,
} from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "../cn";

const noticeVariants = cva("flex items-start gap-2.5 rounded-lg border px-3.5 py-2.5 text-sm", {
  variants: {
    variant: {
      info: "bg-muted text-foreground [&>svg]:text-muted-foreground",
      locked: "bg-muted text-foreground [&>svg]:text-muted-foreground",
      success: "border-transparent bg-success-muted text-foreground [&>svg]:text-success",
      warning: "border-transparent bg-warning-muted text-foreground [&>svg]:text-warning",
      destructive:
        "border-transparent bg-destructive-muted text-foreground [&>svg]:text-destructive",
    },
  },
  defaultVariants: { variant: "info" },
});

const icons = {
  info: InfoIcon,
  locked: LockIcon,
  success: CircleCheckIcon,
  warning: TriangleAlertIcon,
  destructive: CircleAlertIcon,
};

export interface NoticeProps
  extends Omit<ComponentProps<"div">, "title">,
    VariantProps<typeof noticeVariants> {
  title?: ReactNode;
  action?: ReactNode;
}

/** A remark that stays on the page: a reason, a warning, a result. */
export function Notice({ variant, title, action, className, children, ...props }: NoticeProps) {
  const Icon = icons[variant ?? "info"];
  return (
    <div data-slot="notice" className={cn(noticeVariants({ variant }), className)} {...props}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="grid min-w-0 flex-1 grid-cols-1 gap-0.5">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className={cn(title && "text-muted-foreground")}>{children}</div> : null}
      </div>
      {action ? <div className="shrink-0">{action}</div> : null}
    </div>
  );
}
