import { Button, Card, ConfirmDialog } from "@medea/ui";
import { useState } from "react";
import { useRenewSigningSecret } from "./queries";
import { SigningSecretDialog } from "./signing-secret-dialog";

/** Another signing secret, for one that was lost or got out. */
export function SigningCard({ toolId }: { toolId: string }) {
  const renew = useRenewSigningSecret(toolId);
  const [isAsking, setAsking] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  return (
    <Card className="flex flex-wrap items-center gap-4 px-5 py-4">
      <div className="min-w-0 flex-1 basis-52">
        <h2 className="font-semibold text-base">Signing secret</h2>
        <p className="text-muted-foreground text-sm">
          Your server knows our requests by it. It was shown when it was made.
        </p>
      </div>
      <Button variant="outline" size="sm" onClick={() => setAsking(true)}>
        Make another
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title="Make another signing secret?"
        description="Requests are signed with it from now on. A server that checks the old one refuses them until you change it there."
        confirmLabel="Make another"
        onConfirm={async () => setShown((await renew.mutateAsync()).signing_secret)}
      />
      <SigningSecretDialog secret={isAsking ? null : shown} onDone={() => setShown(null)} />
    </Card>
  );
}
