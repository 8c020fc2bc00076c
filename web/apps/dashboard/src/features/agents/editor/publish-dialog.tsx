import { ApiError, messageOf } from "@medea/api";
import {
  Button,
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  FormField,
  Notice,
  Textarea,
  toast,
} from "@medea/ui";
import { type FormEvent, useState } from "react";
import { usePublishAgent } from "../queries";
import { DraftChanges } from "../versions/draft-changes";
import { useDraft } from "./draft-context";
import { missingParts } from "./missing-parts";

interface PublishDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function PublishDialog({ open, onOpenChange }: PublishDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="max-w-xl">
        <PublishForm close={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function PublishForm({ close }: { close: () => void }) {
  const { agent, flush } = useDraft();
  const publish = usePublishAgent(agent.id);
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const missing = missingParts(agent);
  const next = (agent.published_version ?? 0) + 1;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    if (!(await flush())) {
      setProblem("The draft could not be saved, so nothing was published.");
      return;
    }
    try {
      const published = await publish.mutateAsync(note.trim());
      toast.success(`Version ${published.published_version} of ${published.name} is live`);
      close();
    } catch (error) {
      const parts = error instanceof ApiError ? error.extra.missing : undefined;
      setProblem(
        Array.isArray(parts) && parts.length > 0
          ? `${messageOf(error)} Missing: ${parts.join(", ").replaceAll("_", " ")}.`
          : messageOf(error),
      );
    }
  };

  return (
    <form onSubmit={submit} className="grid gap-5">
      <DialogHeader>
        <DialogTitle>Publish version {next}</DialogTitle>
        <DialogDescription>
          Visitors get this draft from their next message on. Every version is kept and can be
          restored.
        </DialogDescription>
      </DialogHeader>
      {missing.length > 0 ? (
        <Notice variant="warning" title="Not ready yet">
          An agent needs {missing.join(" and ")} before it can go live.
        </Notice>
      ) : null}
      {problem ? (
        <Notice variant="destructive" role="alert">
          {problem}
        </Notice>
      ) : null}
      {agent.published_version !== null ? (
        <DraftChanges agentId={agent.id} from={agent.published_version} />
      ) : null}
      <FormField label="What changed" optional hint="Your team sees it in the list of versions.">
        <Textarea
          value={note}
          onChange={(event) => setNote(event.target.value)}
          maxLength={500}
          rows={2}
          placeholder="Shorter answers, asks for the order number first"
        />
      </FormField>
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" loading={publish.isPending} disabled={missing.length > 0}>
          Publish
        </Button>
      </DialogFooter>
    </form>
  );
}
