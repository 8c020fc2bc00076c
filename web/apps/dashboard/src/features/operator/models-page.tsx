import type { PlatformModel } from "@medea/api";
import { Button, Card, PageHeader, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { PlusIcon } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { NotFound } from "@/components/not-found";
import { Page } from "@/components/page";
import { CircuitNotice, EntryDialog, ModelTable } from "@/features/settings";
import { usePageTitle } from "@/lib/page-title";
import { useMe } from "@/lib/session";
import { ModelRow } from "./model-row";
import { circuitsQuery, platformModelsQuery, useDescribePlatformModel } from "./queries";

/** What the installation offers all workspaces. To others than operators it is not there. */
export function PlatformModelsPage() {
  return useMe().is_operator ? <Models /> : <NotFound />;
}

const nameOf = (provider: string): string =>
  provider === "platform" ? "this installation" : `the workspace provider ${provider}`;

function Models() {
  usePageTitle("Models of the installation");
  const models = useQuery(platformModelsQuery);
  const circuits = useQuery(circuitsQuery);
  const describe = useDescribePlatformModel();
  const [editing, setEditing] = useState<PlatformModel | "new" | null>(null);
  return (
    <Page className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Models"
        description="What this installation offers all workspaces. Their own providers are theirs."
        actions={
          <Button variant="outline" onClick={() => setEditing("new")}>
            <PlusIcon />
            Describe a model
          </Button>
        }
      />
      <CircuitNotice circuits={circuits.data?.data ?? []} nameOf={nameOf} />
      {models.isPending ? <Skeleton className="h-64 rounded-xl" /> : null}
      {models.isLoadingError ? (
        <LoadFailure error={models.error} what="the models" onRetry={() => void models.refetch()} />
      ) : null}
      {models.data ? (
        <Card className="overflow-hidden py-0">
          <ModelTable label="Models of the installation" switchLabel="On offer">
            {models.data.data.map((model) => (
              <ModelRow
                key={model.id}
                model={model}
                isBusy={describe.isPending}
                onTurn={(on) =>
                  describe.mutateAsync({ model: model.id, change: { is_enabled: on } })
                }
                onEdit={() => setEditing(model)}
              />
            ))}
          </ModelTable>
        </Card>
      ) : null}
      <EntryDialog
        key={editing === "new" ? "new" : editing?.id}
        model={editing}
        onSave={(model, change) => describe.mutateAsync({ model, change })}
        onClose={() => setEditing(null)}
      />
    </Page>
  );
}
