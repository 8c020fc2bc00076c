import {
  Button,
  CheckboxField,
  CopyButton,
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  Notice,
} from "@medea/ui";
import { useState } from "react";

interface SigningSecretDialogProps {
  /** Null while there is none to show. */
  secret: string | null;
  onDone: () => void;
}

/** What a tool's requests are signed with, shown this one time: only a decision closes it. */
export function SigningSecretDialog({ secret, onDone }: SigningSecretDialogProps) {
  return (
    <Dialog open={secret !== null}>
      <DialogContent
        showCloseButton={false}
        onEscapeKeyDown={(event) => event.preventDefault()}
        onInteractOutside={(event) => event.preventDefault()}
      >
        {secret === null ? null : <Shown secret={secret} onDone={onDone} />}
      </DialogContent>
    </Dialog>
  );
}

function Shown({ secret, onDone }: { secret: string; onDone: () => void }) {
  const [isSaved, setSaved] = useState(false);
  return (
    <div className="grid grid-cols-1 gap-5">
      <DialogHeader>
        <DialogTitle>Save the signing secret</DialogTitle>
        <DialogDescription>
          This is the only time it is shown. Each request of this tool is signed with it, so that
          your server can tell it from anybody else's.
        </DialogDescription>
      </DialogHeader>
      <div className="flex items-center gap-2 rounded-lg border bg-code p-1.5 pl-3">
        <code
          data-testid="signing-secret"
          className="min-w-0 flex-1 select-all break-all font-mono text-xs"
        >
          {secret}
        </code>
        <CopyButton value={secret} label="Copy secret" showLabel variant="outline" />
      </div>
      <Notice>
        Compare the header <code className="font-mono text-xs">Medea-Signature</code> with your own
        HMAC-SHA256; the guide “Give an agent tools” has the code. Lost it? Make another at any
        time.
      </Notice>
      <CheckboxField
        label="I have saved it, or do not need it"
        checked={isSaved}
        onCheckedChange={(on) => setSaved(on === true)}
      />
      <DialogFooter>
        <Button onClick={onDone} disabled={!isSaved}>
          Done
        </Button>
      </DialogFooter>
    </div>
  );
}
