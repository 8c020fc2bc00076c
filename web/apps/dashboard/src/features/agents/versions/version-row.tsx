import type { AgentVersion } from "@medea/api";
import { Badge, Button, cn, RelativeTime } from "@medea/ui";
import { GitCompareArrows, RotateCcw } from "lucide-react";

interface VersionRowProps {
  version: AgentVersion;
  isShown: boolean;
  canRestore: boolean;
  onCompare: (from: number, to: number | "draft") => void;
  onRestore: () => void;
}

export function VersionRow({
  version,
  isShown,
  canRestore,
  onCompare,
  onRestore,
}: VersionRowProps) {
  const { number, note, is_live, created_at, created_by } = version;
  return (
    <li
      className={cn(
        "flex flex-wrap items-center justify-between gap-3 rounded-lg border bg-card px-4 py-3 shadow-xs",
        isShown && "border-primary/50",
      )}
    >
      <div className="min-w-0">
        <p className="flex items-center gap-2 font-medium text-sm">
          Version {number}
          {is_live ? <Badge variant="success">Live</Badge> : null}
        </p>
        {note ? <p className="mt-0.5 break-words text-sm">{note}</p> : null}
        <p className="mt-0.5 text-muted-foreground text-xs">
          <RelativeTime at={created_at} />
          {created_by ? `, by ${created_by.name}` : null}
        </p>
      </div>
      <div className="flex flex-wrap gap-1">
        {number > 1 ? (
          <Button
            variant="ghost"
            size="sm"
            aria-label={`Changes in version ${number}`}
            onClick={() => onCompare(number - 1, number)}
          >
            <GitCompareArrows />
            Changes
          </Button>
        ) : null}
        <Button
          variant="ghost"
          size="sm"
          aria-label={`Compare with draft: version ${number}`}
          onClick={() => onCompare(number, "draft")}
        >
          <GitCompareArrows />
          Compare with draft
        </Button>
        {canRestore ? (
          <Button
            variant="ghost"
            size="sm"
            aria-label={`Restore version ${number}`}
            onClick={onRestore}
          >
            <RotateCcw />
            Restore
          </Button>
        ) : null}
      </div>
    </li>
  );
}
