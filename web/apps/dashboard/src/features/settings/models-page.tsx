import type { Provider } from "@medea/api";
import { Button, ConfirmDialog, EmptyState, Skeleton, toast } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { PlusIcon, ServerIcon } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { Catalogue } from "./models/catalogue";
import { OwnCircuits } from "./models/circuit-notice";
import { ProviderDialog } from "./provider-dialog";
import { ProviderRow } from "./provider-row";
import { providersQuery, useDeleteProvider } from "./queries";
import { Section } from "./section";

/** Which provider the form is about; "new" for one that is to be added. */
type Editing = Provider | "new" | null;

export function ModelsPage() {
  usePageTitle("Models", "Settings");
  const canWrite = useCan("tenancy:write");
  const providers = useQuery(providersQuery);
  const [editing, setEditing] = useState<Editing>(null);
  const [leaving, setLeaving] = useState<Provider | null>(null);
  const remove = useDeleteProvider();
  if (providers.isPending) return <Skeleton className="h-80 rounded-xl" />;
  if (providers.isLoadingError) {
    return (
      <LoadFailure
        error={providers.error}
        what="the model providers"
        onRetry={() => void providers.refetch()}
      />
    );
  }
  const list = providers.data.data;
  const add = (
    <Button size="sm" onClick={() => setEditing("new")}>
      <PlusIcon />
      Add provider
    </Button>
  );
  return (
    <div>
      {canWrite ? null : <ReadOnlyNotice what="the model providers" className="mb-6" />}
      <div className="grid grid-cols-1 gap-6">
        <Section
          title="Providers"
          description="Anthropic, or any service that speaks the OpenAI API: OpenRouter, OpenAI, vLLM, Ollama."
          action={canWrite && list.length > 0 ? add : null}
        >
          {list.length === 0 ? (
            <EmptyState
              icon={ServerIcon}
              title="No provider of your own"
              description={
                canWrite
                  ? "Agents answer with the models of this installation. Add a provider to use your own account and prices."
                  : "Agents answer with the models of this installation."
              }
              action={canWrite ? add : null}
              className="py-10"
            />
          ) : (
            <ul className="-my-4 divide-y">
              {list.map((provider) => (
                <ProviderRow
                  key={provider.id}
                  provider={provider}
                  canWrite={canWrite}
                  onEdit={() => setEditing(provider)}
                  onDelete={() => setLeaving(provider)}
                />
              ))}
            </ul>
          )}
        </Section>
        <OwnCircuits providers={list} />
        <Catalogue providers={list} canWrite={canWrite} />
      </div>
      <ProviderDialog
        key={editing === "new" ? "new" : editing?.id}
        open={editing !== null}
        onOpenChange={() => setEditing(null)}
        provider={editing === "new" ? null : editing}
        isFirst={list.length === 0}
      />
      {leaving ? (
        <ConfirmDialog
          open
          onOpenChange={() => setLeaving(null)}
          title={`Delete ${leaving.name}?`}
          description="Its key is erased. Agents that use one of its models can no longer answer until you choose another model."
          confirmText={leaving.name}
          confirmLabel="Delete provider"
          onConfirm={async () => {
            await remove.mutateAsync(leaving.id);
            toast.success(`${leaving.name} was deleted`);
          }}
        />
      ) : null}
    </div>
  );
}
