import type { ApiKeyCreated } from "@medea/api";
import { Notice } from "@medea/ui";
import { ShownOnce } from "@/components/shown-once";

/** A new key in full. A secret is shown this one time, so leaving asks for a decision. */
export function CreatedKey({ created, onDone }: { created: ApiKeyCreated; onDone: () => void }) {
  const isSecret = created.kind === "secret";
  return (
    <ShownOnce
      title={isSecret ? "Save your secret key" : "Your key is ready"}
      description={
        isSecret
          ? "This is the only time it is shown. Keep it where you keep passwords."
          : "Publishable keys can be looked up here at any time."
      }
      value={created.key}
      copyLabel="Copy key"
      testId="created-key"
      confirmation={isSecret ? "I have saved it" : undefined}
      onDone={onDone}
    >
      {isSecret ? (
        <Notice variant="warning">
          Whoever has it can act as {created.name}. Never put it into a web page or a repository.
        </Notice>
      ) : null}
    </ShownOnce>
  );
}
