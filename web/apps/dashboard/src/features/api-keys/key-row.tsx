import type { ApiKey } from "@medea/api";
import { Badge, Button, CopyButton, RelativeTime, TableCell, TableRow, Tooltip } from "@medea/ui";
import { TrashIcon } from "lucide-react";

export interface KeyRowProps {
  apiKey: ApiKey;
  canRevoke: boolean;
  onRevoke: () => void;
}

export function KeyRow({ apiKey, canRevoke, onRevoke }: KeyRowProps) {
  return (
    <TableRow>
      <TableCell className="min-w-48">
        <div className="font-medium">{apiKey.name}</div>
        <div className="mt-0.5 text-muted-foreground text-xs">
          Created <RelativeTime at={apiKey.created_at} />
          {authorOf(apiKey)}
        </div>
      </TableCell>
      <TableCell>
        <KeyText apiKey={apiKey} />
      </TableCell>
      <TableCell className="max-w-72">
        {apiKey.kind === "secret" ? <Scopes apiKey={apiKey} /> : <Origins apiKey={apiKey} />}
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground">
        {apiKey.last_used_at ? <RelativeTime at={apiKey.last_used_at} /> : "Never"}
      </TableCell>
      {canRevoke ? (
        <TableCell className="w-0 text-right">
          <Tooltip content="Revoke">
            <Button
              variant="ghost"
              size="icon-sm"
              className="text-muted-foreground hover:text-destructive"
              aria-label={`Revoke ${apiKey.name}`}
              onClick={onRevoke}
            >
              <TrashIcon />
            </Button>
          </Tooltip>
        </TableCell>
      ) : null}
    </TableRow>
  );
}

function authorOf({ created_by: author }: ApiKey): string {
  return author && typeof author === "object" ? ` by ${author.name}` : "";
}

function KeyText({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.publishable_key === null) {
    return <code className="whitespace-nowrap font-mono text-xs">{apiKey.prefix}…</code>;
  }
  return (
    <span className="flex items-center gap-1">
      <code className="max-w-44 truncate font-mono text-xs">{apiKey.publishable_key}</code>
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
  if (apiKey.allowed_origins.length === 0) return <Badge variant="warning">Any website</Badge>;
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
