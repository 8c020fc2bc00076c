import type { KnowledgeDocument } from "@medea/api";
import { Checkbox, cn, RelativeTime } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { kindOf } from "../kinds";
import { documentFacts } from "./document-facts";
import { DocumentMenu } from "./document-menu";
import { DocumentProgressLine, StatusBadge, TwinLine } from "./document-state";

interface DocumentRowProps {
  document: KnowledgeDocument;
  isSelected: boolean;
  /** Null where the reader may not change anything. */
  onSelect: ((id: string, isSelected: boolean, withShift: boolean) => void) | null;
}

export const DocumentRow = memo(function DocumentRow(props: DocumentRowProps) {
  const { document, isSelected, onSelect } = props;
  const { id, name, status } = document;
  const { icon: Icon } = kindOf(document.kind);
  return (
    <li
      className={cn(
        "relative flex items-start gap-3 px-4 py-3 transition-colors hover:bg-muted/60",
        isSelected && "bg-primary/6 hover:bg-primary/8",
      )}
    >
      {onSelect ? (
        <Checkbox
          checked={isSelected}
          aria-label={`Select ${name}`}
          className="relative z-10 mt-1"
          onClick={(event) => onSelect(id, !isSelected, event.shiftKey)}
        />
      ) : null}
      <Icon className="mt-0.5 size-4.5 shrink-0 text-muted-foreground" aria-hidden="true" />
      <div className="grid min-w-0 flex-1 gap-1">
        <Link
          to="/dashboard/knowledge/documents/$documentId"
          params={{ documentId: id }}
          data-list-row
          dir="auto"
          className="truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
        >
          {name}
        </Link>
        {document.same_as ? (
          <TwinLine document={document} />
        ) : status === "ready" ? (
          <p className="truncate text-muted-foreground text-xs tabular-nums">
            {documentFacts(document).join(" · ")}
          </p>
        ) : (
          <DocumentProgressLine document={document} />
        )}
      </div>
      <div className="flex shrink-0 items-center gap-3">
        <RelativeTime
          at={document.indexed_at ?? document.updated_at}
          className="hidden text-muted-foreground text-xs md:block"
        />
        <StatusBadge document={document} />
        <div className="relative z-10 -my-1 -mr-2">
          <DocumentMenu document={document} />
        </div>
      </div>
    </li>
  );
});
