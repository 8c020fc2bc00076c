import type { KnowledgeBase } from "@medea/api";
import { Button, Card, ConfirmDialog, toast } from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { formatNumber } from "@/lib/format";
import { useRemoveBase } from "../queries";

/** The end of a knowledge base; asks for its name. */
export function DeleteBase({ base }: { base: KnowledgeBase }) {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const remove = useRemoveBase();
  const documents = base.document_count;
  return (
    <Card className="flex flex-wrap items-center gap-4 border-destructive/30 px-5 py-4">
      <div className="min-w-0 flex-1 basis-60">
        <h2 className="font-semibold text-base">Delete this knowledge base</h2>
        <p className="text-muted-foreground text-sm">
          Its documents, chunks, vectors and files are gone for good.
        </p>
      </div>
      <Button variant="outline" className="text-destructive" onClick={() => setAsking(true)}>
        <Trash2 />
        Delete
      </Button>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete ${base.name}?`}
        description={`${documents === 1 ? "1 document is" : `${formatNumber(documents)} documents are`} deleted with everything made of ${documents === 1 ? "it" : "them"}. Agents that use this knowledge base go on without it.`}
        confirmLabel="Delete knowledge base"
        confirmText={base.name}
        onConfirm={async () => {
          await remove.mutateAsync(base.id);
          toast.success(`${base.name} was deleted`);
          await navigate({ to: "/dashboard/knowledge", replace: true });
        }}
      />
    </Card>
  );
}
