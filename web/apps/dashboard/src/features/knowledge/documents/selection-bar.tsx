import { messageOf } from "@medea/api";
import { Button, Checkbox, ConfirmDialog, toast } from "@medea/ui";
import { useQueryClient } from "@tanstack/react-query";
import { Trash2, X } from "lucide-react";
import { useState } from "react";
import { api } from "@/lib/api";
import { hideDocuments, knowledgeKey } from "../queries";

interface SelectionBarProps {
  baseId: string;
  baseName: string;
  selected: string[];
  total: number;
  onAll: () => void;
  onClear: () => void;
}

/** Above the list: tick all, and what can be done with the ticked ones. */
export function SelectionBar(props: SelectionBarProps) {
  const { baseId, baseName, selected, total, onAll, onClear } = props;
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const count = selected.length;
  const documents = count === 1 ? "1 document" : `${count} documents`;

  async function remove() {
    const undo = hideDocuments(client, baseId, new Set(selected));
    const failures = await removeAll(selected);
    if (failures.length === count) {
      undo();
      throw new Error(messageOf(failures[0]));
    }
    await client.invalidateQueries({ queryKey: knowledgeKey });
    onClear();
    if (failures.length > 0) {
      toast.error(`${failures.length} could not be deleted: ${messageOf(failures[0])}`);
    } else toast.success(`${documents} deleted`);
  }

  return (
    <div className="flex min-h-10 items-center gap-3 border-b bg-muted/40 px-4 py-1 text-sm">
      <Checkbox
        checked={count === 0 ? false : count === total ? true : "indeterminate"}
        onCheckedChange={() => (count === total ? onClear() : onAll())}
        aria-label="Select all documents shown"
      />
      {count === 0 ? (
        <span className="text-muted-foreground text-xs">Select all</span>
      ) : (
        <>
          <span role="status" className="font-medium tabular-nums">
            {count} selected
          </span>
          <Button
            variant="outline"
            size="xs"
            className="text-destructive"
            onClick={() => setAsking(true)}
          >
            <Trash2 />
            Delete
          </Button>
          <Button variant="ghost" size="xs" className="text-muted-foreground" onClick={onClear}>
            <X />
            Clear
          </Button>
        </>
      )}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete ${documents}?`}
        description="Their text, chunks, vectors and files are gone for good, and agents stop answering from them at once."
        confirmLabel={`Delete ${documents}`}
        confirmText={baseName}
        onConfirm={remove}
      />
    </div>
  );
}

/** Four at a time; answers why some could not be deleted. */
async function removeAll(ids: readonly string[]): Promise<unknown[]> {
  const failures: unknown[] = [];
  const waiting = [...ids];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      await api.knowledge.removeDocument(id).catch((error) => failures.push(error));
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return failures;
}
