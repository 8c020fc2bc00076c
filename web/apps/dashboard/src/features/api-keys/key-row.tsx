import type { ApiKey } from "@medea/api";
import { Badge, CopyButton, RelativeTime } from "@medea/ui";
import { PencilIcon, TrashIcon } from "lucide-react";
import { RowAction } from "@/components/row-action";

export interface KeyRowProps {
  apiKey: ApiKey;
  canWrite: boolean;
  onEdit: () => void;
  onRevoke: () => void;
}

export function KeyRow({ apiKey, canWrite, onEdit, onRevoke }: KeyRowProps) {
  return (
    <li className="relative grid grid-cols-1 gap-x-6 gap-y-2.5 px-4 py-3.5 md:grid-cols-[minmax(0,1.1fr)_minmax(0,1.3fr)_9rem_4.25rem] md:items-center">
      <div className="min-w-0 pr-20 md:pr-0">
        <h3 className="truncate font-medium">{apiKey.name}</h3>
        <KeyText apiKey={apiKey} />
        <p className="text-muted-foreground text-xs">
          Created <RelativeTime at={apiKey.created_at} />
          {authorOf(apiKey)}
        </p>
      </div>
      {apiKey.kind === "secret" ? <Scopes apiKey={apiKey} /> : <Origins apiKey={apiKey} />}
      <p className="text-muted-foreground text-xs md:text-right">
        {apiKey.last_used_at ? (
          <>
            Used <RelativeTime at={apiKey.last_used_at} />
          </>
        ) : (
          "Never used"
        )}
      </p>
      {canWrite ? (
        <div className="absolute top-2 right-2 flex gap-1 md:static">
          <RowAction action="Edit" name={apiKey.name} onClick={onEdit}>
            <PencilIcon />
          </RowAction>
          <RowAction action="Revoke" name={apiKey.name} isDestructive onClick={onRevoke}>
            <TrashIcon />
          </RowAction>
        </div>
      ) : null}
    </li>
  );
}

function authorOf({ created_by: author }: ApiKey): string {
  return author && typeof author === "object" ? ` by ${author.name}` : "";
}

function KeyText({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.publishable_key === null) {
    return <code className="block py-1 font-mono text-xs">{apiKey.prefix}…</code>;
  }
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 truncate font-mono text-xs">{apiKey.publishable_key}</code>
      <CopyButton value={apiKey.publishable_key} label={`Copy key ${apiKey.name}`} />
    </span>
  );
}

function Scopes({ apiKey }: { apiKey: ApiKey }) {
  return (
    <ul className="flex flex-wrap gap-1">
      {apiKey.scopes.map((scope) => (
        <li key={scope}>
          <Badge variant="outline" className="font-mono">
            {scope}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

function Origins({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.allowed_origins.length === 0)
    return <Badge variant="warning">Works on any website</Badge>;
  return (
    <ul className="grid gap-0.5 text-xs">
      {apiKey.allowed_origins.map((origin) => (
        <li key={origin} className="truncate" title={origin}>
          {origin}
        </li>
      ))}
    </ul>
  );
}
