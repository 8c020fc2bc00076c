import { Notice } from "@medea/ui";
import { ShownOnce } from "@/components/shown-once";

interface ShownSecretProps {
  secret: string;
  /** Of a webhook that was just added; otherwise it replaces another. */
  isNew?: boolean;
  onDone: () => void;
}

/** What a webhook's requests are signed with, shown this one time: only a decision closes it. */
export function ShownSecret({ secret, isNew = false, onDone }: ShownSecretProps) {
  return (
    <ShownOnce
      title={isNew ? "Save the signing secret" : "Save the new secret"}
      description={
        isNew
          ? "This is the only time it is shown. With it your server tells our requests from anybody else's."
          : "This is the only time it is shown. For a day requests are signed with the old one, too, so that nothing is lost while you change it."
      }
      value={secret}
      copyLabel="Copy secret"
      testId="webhook-secret"
      confirmation="I have saved it"
      onDone={onDone}
    >
      <Notice>
        Any library of Standard Webhooks checks the signature; the guide “Send events to your
        servers” has the code. Lost it? Rotate it at any time.
      </Notice>
    </ShownOnce>
  );
}
