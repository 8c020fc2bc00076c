import type { LlmModel, Provider } from "@medea/api";
import {
  Button,
  Card,
  CardDescription,
  CardHeader,
  CardTitle,
  EmptyState,
  Input,
  Skeleton,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { PlusIcon, SearchIcon } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { catalogueQuery, useDescribeModel } from "../queries";
import { CatalogueRow } from "./catalogue-row";
import { EntryDialog } from "./entry-dialog";
import { ModelTable } from "./model-table";

const PAGE = 25;

export interface CatalogueProps {
  providers: Provider[];
  canWrite: boolean;
}

/** Every model that is known of: searched, priced, switched. */
export function Catalogue({ providers, canWrite }: CatalogueProps) {
  const [typed, setTyped] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const [editing, setEditing] = useState<LlmModel | "new" | null>(null);
  const describe = useDescribeModel();
  const search = useDeferredValue(typed.trim());
  const found = useQuery(catalogueQuery(search, limit));
  return (
    <Card className="overflow-hidden">
      <CardHeader className="pb-4">
        <div className="col-span-full grid gap-1.5">
          <CardTitle>Models</CardTitle>
          <CardDescription>
            What agents may answer with. Prices in US dollars for a million tokens.
          </CardDescription>
        </div>
        <div className="col-span-full mt-2 flex flex-wrap items-center gap-2">
          <div className="relative min-w-48 flex-1 sm:max-w-sm">
            <SearchIcon
              aria-hidden="true"
              className="absolute top-2.5 left-3 size-4 text-muted-foreground"
            />
            <Input
              type="search"
              aria-label="Search models"
              placeholder="Search models"
              className="pl-9"
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setLimit(PAGE);
              }}
            />
          </div>
          {canWrite ? (
            <Button variant="outline" className="ml-auto" onClick={() => setEditing("new")}>
              <PlusIcon />
              Describe a model
            </Button>
          ) : null}
        </div>
      </CardHeader>
      <div className="border-t">
        {found.isPending ? <Skeleton className="m-4 h-48 rounded-xl" /> : null}
        {found.isLoadingError ? (
          <LoadFailure error={found.error} what="the models" onRetry={() => void found.refetch()} />
        ) : null}
        {found.data && found.data.total === 0 ? (
          <EmptyState
            icon={SearchIcon}
            title="No model of that name"
            description="An agent may name it all the same: it then goes to your default provider."
            className="py-10"
          />
        ) : null}
        {found.data && found.data.total > 0 ? (
          <ModelTable label="Models" switchLabel="In use">
            {found.data.data.map((model) => (
              <CatalogueRow
                key={`${model.provider}/${model.id}`}
                model={model}
                providers={providers}
                canWrite={canWrite}
                onEdit={() => setEditing(model)}
              />
            ))}
          </ModelTable>
        ) : null}
      </div>
      {found.data && found.data.total > found.data.data.length ? (
        <div className="flex items-center justify-between gap-3 border-t px-6 py-3 text-muted-foreground text-xs">
          <span role="status">
            {found.data.data.length} of {found.data.total} models
          </span>
          <Button
            variant="ghost"
            size="sm"
            onClick={() => setLimit((old) => Math.min(500, old * 4))}
          >
            Show more
          </Button>
        </div>
      ) : null}
      <EntryDialog
        key={editing === "new" ? "new" : editing?.id}
        model={editing}
        onSave={(model, change) => describe.mutateAsync({ model, change })}
        onClose={() => setEditing(null)}
      />
    </Card>
  );
}
