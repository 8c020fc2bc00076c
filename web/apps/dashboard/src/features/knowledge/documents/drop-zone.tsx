import { Button, cn } from "@medea/ui";
import { FileUp } from "lucide-react";
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { ACCEPTED } from "../kinds";

interface FilePickerProps {
  onFiles: (files: File[]) => void;
  multiple?: boolean;
  /** Gets the function that opens the browser's own dialog. */
  children: (open: () => void) => ReactNode;
}

/** The browser's file dialog behind a control of ours. */
export function FilePicker({ onFiles, multiple = true, children }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple={multiple}
        accept={ACCEPTED}
        aria-label="Files"
        tabIndex={-1}
        className="hidden"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file may be chosen again.
          event.target.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
      {children(() => input.current?.click())}
    </>
  );
}

const holdsFiles = (event: DragEvent | globalThis.DragEvent): boolean =>
  event.dataTransfer?.types.includes("Files") ?? false;

/** Whether files are being dragged over the page. */
function useFilesAbove(): boolean {
  const [isAbove, setAbove] = useState(false);
  useEffect(() => {
    let depth = 0;
    const enter = (event: globalThis.DragEvent) => {
      if (!holdsFiles(event)) return;
      depth++;
      setAbove(true);
    };
    const leave = (event: globalThis.DragEvent) => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setAbove(false);
    };
    const end = () => {
      depth = 0;
      setAbove(false);
    };
    // A file that misses the target must not replace the page.
    const refuse = (event: globalThis.DragEvent) => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const refuseDrop = (event: globalThis.DragEvent) => {
      refuse(event);
      end();
    };
    addEventListener("dragenter", enter);
    addEventListener("dragleave", leave);
    addEventListener("dragover", refuse);
    addEventListener("drop", refuseDrop);
    return () => {
      removeEventListener("dragenter", enter);
      removeEventListener("dragleave", leave);
      removeEventListener("dragover", refuse);
      removeEventListener("drop", refuseDrop);
    };
  }, []);
  return isAbove;
}

interface DropZoneProps {
  onFiles: (files: File[]) => void;
  /** Big where there is nothing else on the page yet. */
  size: "big" | "slim";
  /** Other ways to add, shown beside the button. */
  children?: ReactNode;
}

/** Where files are dropped; a button for those who do not drag. */
export function DropZone({ onFiles, size, children }: DropZoneProps) {
  const isAbove = useFilesAbove();
  const isBig = size === "big";
  return (
    <section
      aria-label="Add files"
      data-dropping={isAbove || undefined}
      onDragOver={(event) => holdsFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const files = [...event.dataTransfer.files];
        if (files.length > 0) onFiles(files);
      }}
      className={cn(
        "rounded-xl border border-dashed transition-colors data-dropping:border-primary data-dropping:bg-primary/8",
        isBig
          ? "flex flex-col items-center gap-4 px-6 py-14 text-center"
          : "flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 data-dropping:py-8",
      )}
    >
      {isBig ? (
        <span className="flex size-10 items-center justify-center rounded-lg border bg-card text-muted-foreground shadow-xs">
          <FileUp className="size-5" strokeWidth={1.75} aria-hidden="true" />
        </span>
      ) : (
        <FileUp className="size-4 shrink-0 text-muted-foreground" aria-hidden="true" />
      )}
      <div className={isBig ? "grid max-w-sm gap-1" : "min-w-0 flex-1 basis-40"}>
        {isBig ? (
          <h2 className="font-semibold text-base">
            {isAbove ? "Let go to add them" : "Drop files here"}
          </h2>
        ) : (
          <p className="font-medium text-sm">
            {isAbove ? "Let go to add them" : "Drop files here"}
          </p>
        )}
        <p className={cn("text-muted-foreground", isBig ? "text-balance text-sm" : "text-xs")}>
          PDF, Word, PowerPoint, Excel, CSV, Markdown, HTML and plain text, as many as you like.
        </p>
      </div>
      <div className={cn("flex flex-wrap items-center gap-2", isBig && "justify-center")}>
        <FilePicker onFiles={onFiles}>
          {(open) => (
            <Button
              variant={isBig ? "default" : "outline"}
              size={isBig ? "default" : "sm"}
              onClick={open}
            >
              Choose files
            </Button>
          )}
        </FilePicker>
        {children}
      </div>
    </section>
  );
}
