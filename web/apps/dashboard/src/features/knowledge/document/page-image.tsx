import { pageImageHref } from "@medea/api";
import { Button, cn, Skeleton } from "@medea/ui";
import { ChevronLeft, ChevronRight, ImageOff } from "lucide-react";
import { useState } from "react";

interface PageImageProps {
  documentId: string;
  name: string;
  page: number;
  quote?: string | null;
  className?: string;
}

/** One page of a PDF as it looks, the quote marked. */
export function PageImage({ documentId, name, page, quote, className }: PageImageProps) {
  const src = pageImageHref(documentId, page, quote);
  const [state, setState] = useState<{ src: string; is: "shown" | "failed" } | null>(null);
  const is = state?.src === src ? state.is : "loading";
  if (is === "failed") {
    return (
      <p className="flex flex-col items-center gap-2 px-6 py-14 text-center text-muted-foreground text-sm">
        <ImageOff className="size-5" aria-hidden="true" />
        This page could not be drawn. Its text is in the other view.
      </p>
    );
  }
  return (
    <div className={cn("relative", className)}>
      {is === "loading" ? <Skeleton className="absolute inset-0 min-h-96 rounded-md" /> : null}
      <img
        src={src}
        alt={`Page ${page} of ${name}${quote ? ", the quoted place marked" : ""}`}
        onLoad={() => setState({ src, is: "shown" })}
        onError={() => setState({ src, is: "failed" })}
        className={cn(
          "w-full rounded-md border bg-white shadow-xs",
          is === "loading" && "min-h-96 opacity-0",
        )}
      />
    </div>
  );
}

interface PageTurnerProps {
  page: number;
  count: number;
  onTurn: (page: number) => void;
}

export function PageTurner({ page, count, onTurn }: PageTurnerProps) {
  return (
    <div className="flex items-center gap-1">
      <Button
        variant="ghost"
        size="icon-xs"
        aria-label="Page before"
        disabled={page <= 1}
        onClick={() => onTurn(page - 1)}
      >
        <ChevronLeft />
      </Button>
      <span role="status" className="text-muted-foreground text-xs tabular-nums">
        Page {page} of {count}
      </span>
      <Button
        variant="ghost"
        size="icon-xs"
        aria-label="Next page"
        disabled={page >= count}
        onClick={() => onTurn(page + 1)}
      >
        <ChevronRight />
      </Button>
    </div>
  );
}
