import { CircleAlertIcon, CircleCheckIcon, InfoIcon, TriangleAlertIcon } from "lucide-react";
import type { CSSProperties } from "react";
import { Toaster as Sonner, type ToasterProps } from "sonner";
import { Spinner } from "./spinner";

const tokens = {
  "--normal-bg": "var(--popover)",
  "--normal-text": "var(--popover-foreground)",
  "--normal-border": "var(--border)",
  "--border-radius": "var(--radius)",
} as CSSProperties;

/** Where toasts appear; mount once. Raise them with `toast` of this package. */
export function Toaster(props: ToasterProps) {
  return (
    <Sonner
      position="bottom-right"
      gap={8}
      style={tokens}
      icons={{
        success: <CircleCheckIcon className="size-4 text-success" aria-hidden />,
        error: <CircleAlertIcon className="size-4 text-destructive" aria-hidden />,
        warning: <TriangleAlertIcon className="size-4 text-warning" aria-hidden />,
        info: <InfoIcon className="size-4 text-info" aria-hidden />,
        loading: <Spinner label="" />,
      }}
      toastOptions={{
        classNames: {
          toast: "font-sans! text-sm! shadow-lg!",
          description: "text-muted-foreground!",
          actionButton: "bg-primary! text-primary-foreground! h-7! rounded-md!",
        },
      }}
      {...props}
    />
  );
}

export { toast } from "sonner";
