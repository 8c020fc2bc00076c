import type { KnowledgeBase } from "@medea/api";
import { Badge, Card, RelativeTime, Skeleton } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { LibraryBig } from "lucide-react";
import { formatNumber } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { EmbeddingMark } from "../embedding-mark";

interface BaseCardProps {
  base: KnowledgeBase;
  /** Names of the agents that answer from it. */
  agents: string[];
}

/** One knowledge base in the overview; the whole card leads to it. */
export function BaseCard({ base, agents }: BaseCardProps) {
  return (
    <li>
      <Card className="relative flex h-full flex-col gap-3 p-4 transition-colors focus-within:border-ring hover:border-input">
        <div className="flex items-start gap-3">
          <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-primary/10 text-primary">
            <LibraryBig className="size-4.5" aria-hidden="true" />
          </span>
          <div className="min-w-0 flex-1">
            <h2 dir="auto" className="truncate font-semibold text-base">
              <Link
                to="/dashboard/knowledge/$baseId"
                params={{ baseId: base.id }}
                className="outline-none after:absolute after:inset-0 after:rounded-xl focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:outline-offset-2"
              >
                {base.name}
              </Link>
            </h2>
            <p dir="auto" className="line-clamp-2 min-h-5 text-muted-foreground text-sm">
              {base.description || "No description"}
            </p>
          </div>
        </div>
        <dl className="mt-auto flex flex-wrap gap-x-4 gap-y-1 text-sm">
          <Figure
            value={formatNumber(base.document_count)}
            unit="document"
            n={base.document_count}
          />
          <Figure value={formatNumber(base.chunk_count)} unit="chunk" n={base.chunk_count} />
          <div className="flex gap-1 tabular-nums">
            <dt className="sr-only">Storage</dt>
            <dd>{formatBytes(base.storage_bytes)}</dd>
          </div>
        </dl>
        <div className="flex flex-wrap items-center gap-2 border-t pt-3 text-muted-foreground text-xs">
          <EmbeddingMark base={base} />
          {agents.length > 0 ? (
            <Badge variant="outline" title={agents.join(", ")}>
              {agents.length} {agents.length === 1 ? "agent" : "agents"}
            </Badge>
          ) : null}
          <RelativeTime at={base.updated_at} className="ml-auto" />
        </div>
      </Card>
    </li>
  );
}

function Figure({ value, unit, n }: { value: string; unit: string; n: number }) {
  return (
    <div className="flex flex-row-reverse gap-1">
      <dt className="text-muted-foreground">{n === 1 ? unit : `${unit}s`}</dt>
      <dd className="font-medium tabular-nums">{value}</dd>
    </div>
  );
}

export function BaseCardSkeleton() {
  return (
    <Card className="grid gap-4 p-4">
      <div className="flex gap-3">
        <Skeleton className="size-9 rounded-lg" />
        <div className="grid flex-1 gap-2 pt-1">
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="h-3.5 w-4/5" />
        </div>
      </div>
      <Skeleton className="h-4 w-3/5" />
      <Skeleton className="mt-3 h-4 w-2/5" />
    </Card>
  );
}
