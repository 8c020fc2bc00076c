import { messageOf } from "@medea/api";
import { Button, Spinner } from "@medea/ui";
import { Check, CloudOff, Pencil } from "lucide-react";
import { useDraft } from "./draft-context";

/** Whether what is on screen is what the server has. */
export function SaveIndicator() {
  const { status, error, flush, canWrite } = useDraft();
  if (!canWrite) return null;
  return (
    <div className="flex items-center gap-1.5 text-muted-foreground text-xs" aria-live="polite">
      {status === "saved" ? (
        <>
          <Check className="size-3.5" aria-hidden="true" /> Draft saved
        </>
      ) : status === "failed" ? (
        <span className="flex items-center gap-1.5 text-destructive" title={messageOf(error)}>
          <CloudOff className="size-3.5" aria-hidden="true" /> Not saved
          <Button variant="outline" size="xs" onClick={() => void flush()}>
            Save again
          </Button>
        </span>
      ) : status === "saving" ? (
        <>
          <Spinner label="" className="size-3.5" /> Saving…
        </>
      ) : (
        <>
          <Pencil className="size-3.5" aria-hidden="true" /> Editing…
        </>
      )}
    </div>
  );
}
