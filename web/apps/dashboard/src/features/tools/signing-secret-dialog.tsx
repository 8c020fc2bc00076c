import { Dialog, DialogContent, Notice } from "@medea/ui";
import { ShownOnce } from "@/components/shown-once";

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
        {secret === null ? null : (
          <ShownOnce
            title="Save the signing secret"
            description="This is the only time it is shown. Each request of this tool is signed with it, so that your server can tell it from anybody else's."
            value={secret}
            copyLabel="Copy secret"
            testId="signing-secret"
            confirmation="I have saved it, or do not need it"
            onDone={onDone}
          >
            <Notice>
              Compare the header <code className="font-mono text-xs">Medea-Signature</code> with
              your own HMAC-SHA256; the guide “Give an agent tools” has the code. Lost it? Make
              another at any time.
            </Notice>
          </ShownOnce>
        )}
      </DialogContent>
    </Dialog>
  );
}
