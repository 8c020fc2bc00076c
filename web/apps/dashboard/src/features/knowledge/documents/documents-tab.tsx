import type { KnowledgeBase } from "@medea/api";
import { Button, EmptyState } from "@medea/ui";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { FileText, SearchX } from "lucide-react";
import { useEffect, useRef } from "react";
import { CursorList, RowSkeleton, rowsOf } from "@/components/cursor-list";
import { useCan } from "@/lib/session";
import { useRowKeys } from "@/lib/use-row-keys";
import { type DocumentFilters, documentsQuery, useRefreshBase } from "../queries";
import { isUnfinished } from "../status";
import { AddDialog } from "./add-dialog";
import { type Adding, AddMenu } from "./add-menu";
import { DocumentFilterBar } from "./document-filters";
import { DocumentRow } from "./document-row";
import { DropZone } from "./drop-zone";
import { useHiddenDocuments } from "./pending-deletes";
import { useSelection } from "./selection";
import { SelectionBar } from "./selection-bar";
import { UploadList } from "./upload-list";
import { useUploads } from "./upload-queue";
import { uploads } from "./uploads";

interface DocumentsTabProps {
  base: KnowledgeBase;
  filters: DocumentFilters;
  adding: Adding | null;
  onFilter: (filters: DocumentFilters) => void;
  onAdding: (way: Adding | null) => void;
}

export function DocumentsTab({ base, filters, adding, onFilter, onAdding }: DocumentsTabProps) {
  useRowKeys();
  const canWrite = useCan("knowledge:write");
  const underway = useUploads(uploads, base.id);
  const hidden = useHiddenDocuments();
  const list = useInfiniteQuery({
    ...documentsQuery(base.id, filters),
    placeholderData: keepPreviousData,
  });
  const rows = rowsOf(list).filter((document) => !hidden.has(document.id));
  useFiguresFollow(base.id, rows.filter(isUnfinished).length);
  const selection = useSelection(rows.map((document) => document.id));
  const isFiltered = Boolean(filters.q || filters.status);
  const isEmpty = list.isSuccess && rows.length === 0 && !isFiltered && underway.length === 0;
  const add = (files: File[]) => uploads.add(base.id, files);

  return (
    <div className="grid grid-cols-1 gap-4">
      {canWrite ? (
        <DropZone onFiles={add} size={isEmpty ? "big" : "slim"}>
          <AddMenu onChoose={onAdding} size={isEmpty ? "default" : "sm"} />
        </DropZone>
      ) : null}
      <UploadList items={underway} />
      {isEmpty ? null : <DocumentFilterBar filters={filters} onChange={onFilter} />}
      <CursorList
        list={list}
        rows={rows}
        what="the documents"
        label="Documents"
        skeleton={<RowSkeleton what="the documents" rows={5} />}
        empty={<NothingHere canWrite={canWrite} onClear={isFiltered ? () => onFilter({}) : null} />}
        bar={
          canWrite ? (
            <SelectionBar
              baseId={base.id}
              baseName={base.name}
              selected={selection.selected}
              total={rows.length}
              onAll={selection.selectAll}
              onClear={selection.clear}
            />
          ) : null
        }
      >
        {(document) => (
          <DocumentRow
            document={document}
            isSelected={selection.selected.includes(document.id)}
            onSelect={canWrite ? selection.select : null}
          />
        )}
      </CursorList>
      <AddDialog base={base} way={canWrite ? adding : null} onClose={() => onAdding(null)} />
    </div>
  );
}

/** A document that is done changes the figures of its base. */
function useFiguresFollow(baseId: string, unfinished: number) {
  const refresh = useRefreshBase(baseId);
  const ask = useRef(refresh);
  ask.current = refresh;
  const before = useRef(unfinished);
  useEffect(() => {
    if (unfinished < before.current) void ask.current();
    before.current = unfinished;
  }, [unfinished]);
}

function NothingHere({ canWrite, onClear }: { canWrite: boolean; onClear: (() => void) | null }) {
  if (onClear) {
    return (
      <EmptyState
        icon={SearchX}
        title="Nothing matches"
        description="No document fits this search."
        action={
          <Button variant="outline" size="sm" onClick={onClear}>
            Clear the search
          </Button>
        }
      />
    );
  }
  // Who may add some sees the place for files instead.
  if (canWrite) return null;
  return (
    <EmptyState
      icon={FileText}
      title="No documents yet"
      description="An editor of this workspace can add some."
    />
  );
}
