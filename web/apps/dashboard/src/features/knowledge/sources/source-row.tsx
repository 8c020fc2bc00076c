import { type KnowledgeSource, messageOf } from "@medea/api";
import {
  Badge,
  Button,
  ConfirmDialog,
  RelativeTime,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
  Spinner,
  Tooltip,
  toast,
} from "@medea/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Globe, Network, RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "@/lib/api";
import { formatNumber } from "@/lib/format";
import { useCan } from "@/lib/session";
import { knowledgeKey, sourcesQuery } from "../queries";
import { PageLimit } from "./page-limit";
import { SCHEDULES, scheduleValue } from "./schedule";

/** One page or sitemap: when it was read, when it is read next, and what went wrong. */
export function SourceRow({ source }: { source: KnowledgeSource }) {
  const { url, kind, error, document_count, fetched_at, next_at } = source;
  const canWrite = useCan("knowledge:write");
  const Icon = kind === "sitemap" ? Network : Globe;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3.5">
      <Icon className="size-4.5 shrink-0 text-muted-foreground" aria-hidden="true" />
      <div className="grid min-w-0 flex-1 basis-56 gap-1">
        <p className="flex min-w-0 items-center gap-2">
          <a
            href={url}
            target="_blank"
            rel="noopener noreferrer"
            className="focus-mark min-w-0 truncate rounded-sm font-medium underline-offset-4 hover:underline"
          >
            {url.replace(/^https?:\/\//u, "")}
          </a>
          <SourceBadge source={source} />
        </p>
        <p className="flex flex-wrap gap-x-1.5 text-muted-foreground text-xs">
          <span className="tabular-nums">
            {document_count === 1 ? "1 document" : `${document_count} documents`}
          </span>
          <span aria-hidden="true">·</span>
          {fetched_at ? (
            <span>
              read <RelativeTime at={fetched_at} />
            </span>
          ) : (
            <span>not read yet</span>
          )}
          {next_at ? (
            <>
              <span aria-hidden="true">·</span>
              <span>
                next <RelativeTime at={next_at} />
              </span>
            </>
          ) : null}
        </p>
        {error ? <p className="text-destructive text-xs">{error.message}</p> : null}
        {source.has_more ? (
          <p className="text-warning text-xs">
            The sitemap names more than these {formatNumber(source.max_pages)} pages.
          </p>
        ) : null}
        <LeftOut source={source} />
      </div>
      {canWrite ? <SourceControls source={source} /> : null}
    </li>
  );
}

/** Pages that were deleted by hand, and a way to have them back. */
function LeftOut({ source }: { source: KnowledgeSource }) {
  const canWrite = useCan("knowledge:write");
  const change = useChange(source);
  const count = source.left_out.length;
  if (count === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
      {count === 1 ? "1 deleted page stays away." : `${count} deleted pages stay away.`}
      {canWrite ? (
        <Button
          variant="link"
          size="xs"
          className="h-auto p-0"
          loading={change.isPending}
          onClick={() => change.mutate({ left_out: [] })}
        >
          Fetch {count === 1 ? "it" : "them"} again
        </Button>
      ) : null}
    </p>
  );
}

interface SourceChange {
  refresh_hours?: number | null;
  max_pages?: number;
  left_out?: string[];
}

function useChange(source: KnowledgeSource) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: SourceChange) => api.knowledge.updateSource(source.id, change),
    onSuccess: () => client.invalidateQueries({ queryKey: sourcesQuery(source.base_id).queryKey }),
    onError: (error: unknown) => void toast.error(messageOf(error)),
  });
}

function SourceBadge({ source }: { source: KnowledgeSource }) {
  if (source.status === "failed") return <Badge variant="destructive">Failed</Badge>;
  if (source.status === "ready") return <Badge variant="success">Current</Badge>;
  return (
    <Badge variant="info">
      <Spinner label="" className="size-3" />
      {source.status === "queued" ? "Waiting" : "Reading"}
    </Badge>
  );
}

function SourceControls({ source }: { source: KnowledgeSource }) {
  const client = useQueryClient();
  const [isDeleting, setDeleting] = useState(false);
  const refreshList = () =>
    client.invalidateQueries({ queryKey: sourcesQuery(source.base_id).queryKey });
  const change = useChange(source);
  const refresh = useMutation({
    mutationFn: () => api.knowledge.refreshSource(source.id),
    onSuccess: refreshList,
    onError: (error: unknown) => void toast.error(messageOf(error)),
  });
  const shown = { ...source, ...(change.isPending ? change.variables : {}) };
  const current = scheduleValue(shown.refresh_hours);
  const isListed = SCHEDULES.some(({ value }) => value === current);
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {source.kind === "sitemap" ? (
        <PageLimit
          label={`Pages at most of ${source.url}`}
          size="sm"
          className="w-32"
          value={shown.max_pages}
          onChange={(pages) => change.mutate({ max_pages: pages })}
        />
      ) : null}
      <Select
        value={current}
        onValueChange={(value) =>
          change.mutate({ refresh_hours: value === "never" ? null : Number(value) })
        }
      >
        <SelectTrigger size="sm" aria-label={`Schedule of ${source.url}`} className="w-38">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          {SCHEDULES.map(({ value, label }) => (
            <SelectItem key={value} value={value}>
              {label}
            </SelectItem>
          ))}
          {isListed ? null : <SelectItem value={current}>Every {current} hours</SelectItem>}
        </SelectContent>
      </Select>
      <Tooltip content="Read it again now">
        <Button
          variant="outline"
          size="icon-sm"
          aria-label={`Read ${source.url} again now`}
          loading={refresh.isPending}
          onClick={() => refresh.mutate()}
        >
          {refresh.isPending ? null : <RefreshCw />}
        </Button>
      </Tooltip>
      <Tooltip content="Remove">
        <Button
          variant="ghost"
          size="icon-sm"
          className="text-muted-foreground hover:text-destructive"
          aria-label={`Remove ${source.url}`}
          onClick={() => setDeleting(true)}
        >
          <Trash2 />
        </Button>
      </Tooltip>
      <ConfirmDialog
        open={isDeleting}
        onOpenChange={setDeleting}
        title="Remove this source?"
        description={`${source.url} is not read any more, and the documents that came from it are deleted.`}
        confirmLabel="Remove source"
        onConfirm={async () => {
          await api.knowledge.removeSource(source.id);
          await client.invalidateQueries({ queryKey: knowledgeKey });
        }}
      />
    </div>
  );
}
