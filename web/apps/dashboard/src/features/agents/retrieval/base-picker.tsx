import type { KnowledgeBase } from "@medea/api";
import { Badge, Button, Checkbox, cn, EmptyState, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Crosshair, LibraryBig, X } from "lucide-react";
import { useId } from "react";
import { LoadFailure } from "@/components/load-failure";
import { basesQuery } from "@/features/knowledge";
import { formatNumber } from "@/lib/format";

interface BasePickerProps {
  /** Ids, in the order in which they were chosen. */
  chosen: readonly string[];
  readOnly: boolean;
  onChange: (ids: string[]) => void;
}

/** Which knowledge bases the agent searches. */
export function BasePicker({ chosen, readOnly, onChange }: BasePickerProps) {
  const bases = useQuery(basesQuery);
  if (bases.isPending) {
    return (
      <div className="grid gap-2" role="status" aria-label="Loading the knowledge bases">
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
      </div>
    );
  }
  if (bases.isLoadingError) {
    return (
      <LoadFailure
        error={bases.error}
        what="the knowledge bases"
        onRetry={() => void bases.refetch()}
      />
    );
  }
  const toggle = (id: string, on: boolean) =>
    onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id));
  const gone = chosen.filter((id) => !bases.data.some((base) => base.id === id));
  if (bases.data.length === 0 && gone.length === 0) {
    return (
      <EmptyState
        icon={LibraryBig}
        title="No knowledge base yet"
        description="Put documents into one, then choose it here."
        action={
          <Button asChild size="sm">
            <Link to="/dashboard/knowledge" search={{ new: true }}>
              Create a knowledge base
            </Link>
          </Button>
        }
      />
    );
  }
  return (
    <ul className="grid gap-2">
      {bases.data.map((base) => (
        <BaseOption
          key={base.id}
          base={base}
          isChosen={chosen.includes(base.id)}
          readOnly={readOnly}
          onToggle={(on) => toggle(base.id, on)}
        />
      ))}
      {gone.map((id) => (
        <li
          key={id}
          className="flex items-center gap-3 rounded-lg border border-dashed px-4 py-3 text-sm"
        >
          <span className="min-w-0 flex-1 text-muted-foreground">
            A knowledge base that was deleted
          </span>
          {readOnly ? null : (
            <Button variant="ghost" size="xs" onClick={() => toggle(id, false)}>
              <X />
              Remove
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

interface BaseOptionProps {
  base: KnowledgeBase;
  isChosen: boolean;
  readOnly: boolean;
  onToggle: (on: boolean) => void;
}

function BaseOption({ base, isChosen, readOnly, onToggle }: BaseOptionProps) {
  const id = useId();
  const count = base.document_count;
  return (
    <li
      className={cn(
        "relative flex items-start gap-3 rounded-lg border px-4 py-3 transition-colors",
        isChosen && "border-primary bg-primary/5",
        !readOnly && "hover:bg-accent/50",
      )}
    >
      <Checkbox
        id={id}
        checked={isChosen}
        disabled={readOnly}
        aria-describedby={`${id}-about`}
        className="relative z-10 mt-0.5"
        onCheckedChange={(on) => onToggle(on === true)}
      />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <label htmlFor={id} className="truncate font-medium text-sm after:absolute after:inset-0">
          {base.name}
        </label>
        <p id={`${id}-about`} className="text-muted-foreground text-xs tabular-nums">
          {count === 1 ? "1 document" : `${formatNumber(count)} documents`},{" "}
          {formatNumber(base.chunk_count)} {base.chunk_count === 1 ? "chunk" : "chunks"}
        </p>
      </div>
      {count === 0 ? <Badge variant="warning">Empty</Badge> : null}
      <Button asChild variant="ghost" size="xs" className="relative z-10 text-muted-foreground">
        <Link to="/dashboard/knowledge/$baseId/test" params={{ baseId: base.id }}>
          <Crosshair />
          Hit test
          <span className="sr-only"> of {base.name}</span>
        </Link>
      </Button>
    </li>
  );
}
