import { type LlmModel, messageOf, type Provider } from "@medea/api";
import { Badge, TableRow, toast } from "@medea/ui";
import { modelFacts } from "@/features/agents";
import { useDescribeModel } from "../queries";
import { nameOf } from "./circuit-notice";
import { ModelFigures, ModelName, ModelSwitch } from "./model-table";

export interface CatalogueRowProps {
  model: LlmModel;
  providers: Provider[];
  canWrite: boolean;
  onEdit: () => void;
}

export function CatalogueRow({ model, providers, canWrite, onEdit }: CatalogueRowProps) {
  const describe = useDescribeModel();
  const isOwn = providers.some((provider) => provider.id === model.provider);
  const turn = (on: boolean) =>
    describe.mutate(
      { model: model.id, change: { is_enabled: on } },
      {
        onSuccess: () => toast.success(`${model.name} is ${on ? "on" : "off"}`),
        onError: (error) => toast.error(messageOf(error)),
      },
    );
  return (
    <TableRow>
      <ModelName
        model={model}
        badge={model.is_deprecated ? <Badge variant="outline">Retiring</Badge> : null}
      >
        <p className="wrap-anywhere text-muted-foreground text-xs md:hidden">
          {nameOf(model.provider, providers)} · {modelFacts(model)}
        </p>
        <p className="truncate text-muted-foreground text-xs max-md:hidden">
          {[nameOf(model.provider, providers), ...abilities(model)].join(" · ")}
        </p>
        {model.disabled_by === "operator" ? (
          <p className="text-warning text-xs">Switched off by who runs this server</p>
        ) : null}
      </ModelName>
      <ModelFigures model={model} />
      <ModelSwitch
        model={model}
        who="Agents"
        isDisabled={!canWrite || model.disabled_by === "operator" || describe.isPending}
        onTurn={turn}
        onEdit={canWrite && isOwn ? onEdit : undefined}
      />
    </TableRow>
  );
}

const abilities = (model: LlmModel): string[] => [
  ...(model.has_tools ? ["tools"] : []),
  ...(model.has_vision ? ["images"] : []),
];
