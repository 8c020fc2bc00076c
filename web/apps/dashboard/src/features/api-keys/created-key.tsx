import type { ApiKeyCreated } from "@medea/api";
import {
  Button,
  CheckboxField,
  CopyButton,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  Notice,
} from "@medea/ui";
import { useState } from "react";

/** A new key in full. A secret is shown this one time, so leaving asks for a decision. */
export function CreatedKey({ created, onDone }: { created: ApiKeyCreated; onDone: () => void }) {
  const [isSaved, setSaved] = useState(false);
  const isSecret = created.kind === "secret";
  return (
    <div className="grid gap-5">
      <DialogHeader>
        <DialogTitle>{isSecret ? "Save your secret key" : "Your key is ready"}</DialogTitle>
        <DialogDescription>
          {isSecret
            ? "This is the only time it is shown. Keep it where you keep passwords."
            : "Publishable keys can be looked up here at any time."}
        </DialogDescription>
      </DialogHeader>
      <div className="flex items-center gap-2 rounded-lg border bg-code p-1.5 pl-3">
        <code
          data-testid="created-key"
          className="min-w-0 flex-1 select-all break-all font-mono text-xs"
        >
          {created.key}
        </code>
        <CopyButton value={created.key} label="Copy key" showLabel variant="outline" />
      </div>
      {isSecret ? (
        <>
          <Notice variant="warning">
            Whoever has it can act as {created.name}. Never put it into a web page or a repository.
          </Notice>
          <CheckboxField
            label="I have saved it"
            checked={isSaved}
            onCheckedChange={(on) => setSaved(on === true)}
          />
        </>
      ) : null}
      <DialogFooter>
        <Button onClick={onDone} disabled={isSecret && !isSaved}>
          Done
        </Button>
      </DialogFooter>
    </div>
  );
}
