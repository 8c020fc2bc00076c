import { cn } from "@medea/ui";
import type { ReactNode } from "react";

interface PageProps {
  children: ReactNode;
  /** For lists and forms "normal"; for work surfaces "wide". */
  width?: "normal" | "wide";
  className?: string;
}

/** The measure and margins that every page of the dashboard shares. */
export function Page({ children, width = "normal", className }: PageProps) {
  return (
    <div
      className={cn(
        "mx-auto w-full px-4 py-6 sm:px-8 sm:py-10",
        width === "normal" ? "max-w-5xl" : "max-w-[100rem]",
        className,
      )}
    >
      {children}
    </div>
  );
}
