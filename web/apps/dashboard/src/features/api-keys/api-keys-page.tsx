import type { ApiKey } from "@medea/api";
import {
  Button,
  Card,
  ConfirmDialog,
  EmptyState,
  PageHeader,
  Skeleton,
  Table,
  TableBody,
  TableHead,
  TableHeader,
  TableRow,
  toast,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { GlobeIcon, KeyRoundIcon, LockKeyholeIcon, type LucideIcon, PlusIcon } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { CreateKeyDialog } from "./create-key-dialog";
import { KeyRow } from "./key-row";
import { apiKeysQuery, useRevokeApiKey } from "./queries";

export function ApiKeysPage() {
  usePageTitle("API keys");
  const canWrite = useCan("tenancy:write");
  const keys = useQuery(apiKeysQuery);
  const revoke = useRevokeApiKey();
  const [isCreating, setCreating] = useState(false);
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const create = (
    <Button onClick={() => setCreating(true)}>
      <PlusIcon />
      Create key
    </Button>
  );

  return (
    <Page className="grid gap-8">
      <PageHeader
        title="API keys"
        description="Publishable keys open the chat on a website. Secret keys let your own programs talk to Medea."
        actions={canWrite ? create : null}
      />
      {canWrite ? null : <ReadOnlyNotice what="the API keys" />}
      {keys.isPending ? (
        <KeysSkeleton />
      ) : keys.isError ? (
        <LoadFailure error={keys.error} what="the API keys" onRetry={() => void keys.refetch()} />
      ) : keys.data.data.length === 0 ? (
        <EmptyState
          icon={KeyRoundIcon}
          title="No keys yet"
          description="A publishable key puts an agent on your website; a secret key opens the API."
          action={canWrite ? create : null}
        />
      ) : (
        <>
          <KeyTable
            title="Publishable"
            lead="Used in pages. Bound to the websites you allow."
            icon={GlobeIcon}
            keys={keys.data.data.filter((key) => key.kind === "publishable")}
            detail="Allowed websites"
            canWrite={canWrite}
            onRevoke={setLeaving}
          />
          <KeyTable
            title="Secret"
            lead="Used on servers. Can do what its permissions say."
            icon={LockKeyholeIcon}
            keys={keys.data.data.filter((key) => key.kind === "secret")}
            detail="Permissions"
            canWrite={canWrite}
            onRevoke={setLeaving}
          />
        </>
      )}
      <CreateKeyDialog open={isCreating} onOpenChange={setCreating} />
      {leaving ? (
        <ConfirmDialog
          open
          onOpenChange={() => setLeaving(null)}
          title={`Revoke ${leaving.name}?`}
          description={
            leaving.kind === "secret"
              ? "Programs that use it are refused from now on. This cannot be undone."
              : "Chats on websites that use it stop working now. This cannot be undone."
          }
          confirmText={leaving.name}
          confirmLabel="Revoke key"
          onConfirm={async () => {
            await revoke.mutateAsync(leaving.id);
            toast.success(`${leaving.name} was revoked`);
          }}
        />
      ) : null}
    </Page>
  );
}

interface KeyTableProps {
  title: string;
  lead: string;
  icon: LucideIcon;
  keys: ApiKey[];
  detail: string;
  canWrite: boolean;
  onRevoke: (key: ApiKey) => void;
}

function KeyTable({ title, lead, icon: Icon, keys, detail, canWrite, onRevoke }: KeyTableProps) {
  if (keys.length === 0) return null;
  return (
    <section className="grid gap-3">
      <div>
        <h2 className="flex items-center gap-2 font-semibold text-base">
          <Icon className="size-4 text-muted-foreground" />
          {title}
        </h2>
        <p className="mt-0.5 text-muted-foreground text-sm">{lead}</p>
      </div>
      <Card className="overflow-hidden">
        <Table label={`${title} keys`}>
          <TableHeader>
            <TableRow>
              <TableHead className="w-[30%]">Name</TableHead>
              <TableHead className="w-[23%]">Key</TableHead>
              <TableHead className="w-[30%]">{detail}</TableHead>
              <TableHead>Last used</TableHead>
              {canWrite ? (
                <TableHead>
                  <span className="sr-only">Revoke</span>
                </TableHead>
              ) : null}
            </TableRow>
          </TableHeader>
          <TableBody>
            {keys.map((key) => (
              <KeyRow
                key={key.id}
                apiKey={key}
                canRevoke={canWrite}
                onRevoke={() => onRevoke(key)}
              />
            ))}
          </TableBody>
        </Table>
      </Card>
    </section>
  );
}

function KeysSkeleton() {
  return (
    <div className="grid gap-3" role="status" aria-label="Loading keys">
      <Skeleton className="h-5 w-32" />
      <Card className="grid gap-4 p-4">
        {["a", "b", "c"].map((row) => (
          <div key={row} className="flex items-center gap-6">
            <Skeleton className="h-9 w-48" />
            <Skeleton className="h-4 w-36" />
            <Skeleton className="h-4 flex-1" />
          </div>
        ))}
      </Card>
    </div>
  );
}
