import type { ApiKeyCreated, ApiKeyKind } from "@medea/api";
import { Dialog, DialogContent } from "@medea/ui";
import { useState } from "react";
import { CreateKeyForm } from "./create-key-form";
import { CreatedKey } from "./created-key";

export interface CreateKeyDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  kind?: ApiKeyKind;
  defaultName?: string;
  /** Called when the dialog closes after a key was made. */
  onCreated?: (key: ApiKeyCreated) => void;
}

export function CreateKeyDialog(props: CreateKeyDialogProps) {
  const [created, setCreated] = useState<ApiKeyCreated | null>(null);
  // A secret that is on screen is lost when the dialog closes: only the button may close it then.
  const isHeld = created?.kind === "secret";

  function change(open: boolean) {
    if (!open && created) finish();
    else props.onOpenChange(open);
  }

  function finish() {
    if (created) props.onCreated?.(created);
    props.onOpenChange(false);
    setCreated(null);
  }

  return (
    <Dialog open={props.open} onOpenChange={change}>
      <DialogContent
        showCloseButton={!isHeld}
        onEscapeKeyDown={(event) => isHeld && event.preventDefault()}
        onInteractOutside={(event) => isHeld && event.preventDefault()}
      >
        {created ? (
          <CreatedKey created={created} onDone={finish} />
        ) : (
          <CreateKeyForm kind={props.kind} defaultName={props.defaultName} onCreated={setCreated} />
        )}
      </DialogContent>
    </Dialog>
  );
}
