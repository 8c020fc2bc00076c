import type { Secret } from "@medea/api";
import { Badge, Button, ConfirmDialog, RelativeTime, toast } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { ListCard } from "@/components/list-card";
import { secretsQuery, useDeleteSecret } from "../queries";
import { SecretDialog, type SecretTask } from "./secret-dialog";

/** The vault: names are shown, values go in and never come out. */
export function SecretsSection({ canWrite }: { canWrite: boolean }) {
  const secrets = useQuery(secretsQuery);
  const remove = useDeleteSecret();
  const [task, setTask] = useState<SecretTask | null>(null);
  const [leaving, setLeaving] = useState<Secret | null>(null);
  const add = (
    <Button variant="outline" size="sm" onClick={() => setTask({ kind: "new", name: "" })}>
      <Plus />
      Add a secret
    </Button>
  );
  return (
    <>
      <ListCard
        title="Secrets"
        description="Keys that your servers ask for. Tools name them, requests hold them, nobody reads them here again: neither you, nor the model, nor a visitor."
        list={secrets}
        what="the secrets"
        empty={{
          icon: KeyRound,
          title: "The vault is empty",
          description: "Put in the key of your order system, and name it in a tool's header.",
        }}
        action={canWrite ? add : null}
      >
        {(secret) => (
          <SecretRow
            secret={secret}
            canWrite={canWrite}
            onReplace={() => setTask({ kind: "replace", secret })}
            onBind={() => setTask({ kind: "bind", secret })}
            onDelete={() => setLeaving(secret)}
          />
        )}
      </ListCard>
      <SecretDialog task={task} onClose={() => setTask(null)} />
      {leaving ? (
        <ConfirmDialog
          open
          onOpenChange={() => setLeaving(null)}
          title={`Delete ${leaving.name}?`}
          description={
            leaving.used_by.length > 0
              ? `${leaving.used_by.join(", ")} ${leaving.used_by.length === 1 ? "uses" : "use"} it. Take it out there first.`
              : "Its value is gone for good. No tool uses it."
          }
          confirmLabel="Delete secret"
          onConfirm={async () => {
            await remove.mutateAsync(leaving.id);
            toast.success(`${leaving.name} was deleted`);
          }}
        />
      ) : null}
    </>
  );
}

interface SecretRowProps {
  secret: Secret;
  canWrite: boolean;
  onReplace: () => void;
  onBind: () => void;
  onDelete: () => void;
}

function SecretRow({ secret, canWrite, onReplace, onBind, onDelete }: SecretRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-48">
        <h3 className="break-all font-medium font-mono text-xs leading-5">{secret.name}</h3>
        <p className="text-muted-foreground text-xs">
          Set <RelativeTime at={secret.updated_at} />
          {secret.used_by.length > 0 ? ` · used by ${secret.used_by.join(", ")}` : " · not used"}
        </p>
        <SecretHosts secret={secret} />
      </div>
      {canWrite ? (
        <div className="-mr-2 flex gap-1 max-sm:-ml-2">
          <Button variant="ghost" size="xs" onClick={onBind}>
            Hosts<span className="sr-only"> of {secret.name}</span>
          </Button>
          <Button variant="ghost" size="xs" onClick={onReplace}>
            Replace<span className="sr-only"> {secret.name}</span>
          </Button>
          <Button
            variant="ghost"
            size="xs"
            className="text-muted-foreground hover:text-destructive"
            onClick={onDelete}
          >
            Delete<span className="sr-only"> {secret.name}</span>
          </Button>
        </div>
      ) : null}
    </li>
  );
}

/** Where a secret goes; one from before hosts were asked for goes anywhere, which deserves a look. */
function SecretHosts({ secret }: { secret: Secret }) {
  if (secret.hosts === null) {
    return (
      <Badge variant="warning" className="mt-1">
        May be sent to any host
      </Badge>
    );
  }
  return (
    <p className="break-all text-muted-foreground text-xs">
      {secret.hosts.length > 0
        ? `Only to ${secret.hosts.join(", ")}`
        : "Bound to the host of the first request that holds it"}
    </p>
  );
}
