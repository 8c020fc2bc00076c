import { type KnowledgeDocument, messageOf, originalHref } from "@medea/api";
import {
  Button,
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
  toast,
} from "@medea/ui";
import { useQueryClient } from "@tanstack/react-query";
import { Download, Ellipsis, ExternalLink, FileUp, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "@/lib/api";
import { useCan } from "@/lib/session";
import { putDocument } from "../queries";
import { FilePicker } from "./drop-zone";
import { EditDialog } from "./edit-dialog";
import { deleteWithUndo } from "./pending-deletes";
import { isBeingReplaced, isWritten } from "./said";

interface DocumentMenuProps {
  document: KnowledgeDocument;
  onDeleted?: () => void;
}

/** What can be done with a document besides reading it. */
export function DocumentMenu({ document, onDeleted }: DocumentMenuProps) {
  const canWrite = useCan("knowledge:write");
  const client = useQueryClient();
  const [isEditing, setEditing] = useState(false);
  const { id, name, url } = document;
  const isOwn = document.source_id === null;

  async function replace([file]: File[]) {
    if (!file) return;
    const sending = api.knowledge.replaceWithFile(id, file);
    toast.promise(sending, {
      loading: `Uploading ${file.name}…`,
      success: `A new version of “${name}” is being read`,
      error: (error) => messageOf(error),
    });
    const next = await sending.catch(() => null);
    if (next) putDocument(client, next);
  }

  return (
    <FilePicker multiple={false} onFiles={(files) => void replace(files)}>
      {(openPicker) => (
        <>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Actions for ${name}`}
                className="text-muted-foreground"
              >
                <Ellipsis />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent>
              {document.has_original ? (
                <DropdownMenuItem asChild>
                  <a href={originalHref(id)} download>
                    <Download aria-hidden="true" />
                    Download the original
                  </a>
                </DropdownMenuItem>
              ) : null}
              {url ? (
                <DropdownMenuItem asChild>
                  <a href={url} target="_blank" rel="noopener noreferrer">
                    <ExternalLink aria-hidden="true" />
                    Open on the web
                  </a>
                </DropdownMenuItem>
              ) : null}
              {canWrite ? (
                <>
                  {isOwn ? (
                    <DropdownMenuItem
                      disabled={isWritten(document) && isBeingReplaced(document)}
                      onSelect={() => setEditing(true)}
                    >
                      <Pencil aria-hidden="true" />
                      {isWritten(document) ? "Edit" : "Rename"}
                    </DropdownMenuItem>
                  ) : null}
                  {isOwn && !isWritten(document) ? (
                    <DropdownMenuItem onSelect={openPicker}>
                      <FileUp aria-hidden="true" />
                      Upload a new version
                    </DropdownMenuItem>
                  ) : null}
                  {isOwn || url || document.has_original ? <DropdownMenuSeparator /> : null}
                  <DropdownMenuItem
                    variant="destructive"
                    onSelect={() => {
                      deleteWithUndo(id, name);
                      onDeleted?.();
                    }}
                  >
                    <Trash2 aria-hidden="true" />
                    Delete
                  </DropdownMenuItem>
                </>
              ) : null}
            </DropdownMenuContent>
          </DropdownMenu>
          <EditDialog document={document} isOpen={isEditing} onClose={() => setEditing(false)} />
        </>
      )}
    </FilePicker>
  );
}
