import type { ApiKey } from "@medea/api";
import { Button, Card, ConfirmDialog, EmptyState, PageHeader, Skeleton, toast } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { GlobeIcon, KeyRoundIcon, LockKeyholeIcon, type LucideIcon, PlusIcon } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { CreateKeyDialog } from "./create-key-dialog";
import { EditKeyDialog } from "./edit-key-dialog";
import { KeyRow } from "./key-row";
import { apiKeysQuery, useRevokeApiKey } from "./queries";

export function ApiKeysPage() {
  usePageTitle("API keys");
  const canWrite = useCan("tenancy:write");
  const keys = useQuery(apiKeysQuery);
  const revoke = useRevokeApiKey();
  const [isCreating, setCreating] = useState(false);
  const [editing, setEditing] = useState<ApiKey | null>(null);
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const create = (
    <Button onClick={() => setCreating(true)}>
      <PlusIcon />
      Create key
    </Button>
  );

  return (
    <Page className="grid grid-cols-1 gap-8">
      <PageHeader
        title="API keys"
        description="Publishable keys open the chat on a website. Secret keys let your own programs talk to Medea."
        actions={canWrite ? create : null}
      />
      {canWrite ? null : <ReadOnlyNotice what="the API keys" />}
      {keys.isPending ? (
        <KeysSkeleton />
      ) : keys.isLoadingError ? (
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
            canWrite={canWrite}
            onEdit={setEditing}
            onRevoke={setLeaving}
          />
          <KeyTable
            title="Secret"
            lead="Used on servers. Can do what its permissions say."
            icon={LockKeyholeIcon}
            keys={keys.data.data.filter((key) => key.kind === "secret")}
            canWrite={canWrite}
            onEdit={setEditing}
            onRevoke={setLeaving}
          />
        </>
      )}
      <CreateKeyDialog open={isCreating} onOpenChange={setCreating} />
      {editing ? <EditKeyDialog apiKey={editing} onClose={() => setEditing(null)} /> : null}
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
  canWrite: boolean;
  onEdit: (key: ApiKey) => void;
  onRevoke: (key: ApiKey) => void;
}

function KeyTable(props: KeyTableProps) {
  const { title, lead, icon: Icon, keys, canWrite, onEdit, onRevoke } = props;
  if (keys.length === 0) return null;
  return (
    <section className="grid grid-cols-1 gap-3">
      <div>
        <h2 className="flex items-center gap-2 font-semibold text-base">
          <Icon className="size-4 text-muted-foreground" />
          {title}
        </h2>
        <p className="mt-0.5 text-muted-foreground text-sm">{lead}</p>
      </div>
      <Card className="overflow-hidden">
        <ul className="divide-y" aria-label={`${title} keys`}>
          {keys.map((key) => (
            <KeyRow
              key={key.id}
              apiKey={key}
              canWrite={canWrite}
              onEdit={() => onEdit(key)}
              onRevoke={() => onRevoke(key)}
            />
          ))}
        </ul>
      </Card>
    </section>
  );
}

function KeysSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-3" role="status" aria-label="Loading keys">
      <Skeleton className="h-5 w-32" />
      <Card className="grid grid-cols-1 gap-4 p-4">
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
