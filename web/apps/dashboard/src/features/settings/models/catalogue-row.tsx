import { type LlmModel, messageOf, type Provider } from "@medea/api";
import { Badge, Switch, TableCell, TableRow, toast } from "@medea/ui";
import { PencilIcon } from "lucide-react";
import { RowAction } from "@/components/row-action";
import { modelFacts } from "@/features/agents";
import { formatCompact } from "@/lib/format";
import { useDescribeModel } from "../queries";
import { nameOf } from "./circuit-notice";

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
      <TableCell className="max-w-48 sm:max-w-72">
        <div className="flex items-center gap-2 font-medium">
          <span className="truncate">{model.name}</span>
          {model.is_deprecated ? <Badge variant="outline">Retiring</Badge> : null}
        </div>
        {model.name === model.id ? null : (
          <code className="block truncate font-mono text-muted-foreground text-xs">{model.id}</code>
        )}
        <p className="whitespace-normal text-muted-foreground text-xs md:hidden">
          {nameOf(model.provider, providers)} · {modelFacts(model)}
        </p>
        {model.disabled_by === "operator" ? (
          <p className="text-warning text-xs">Switched off by who runs this server</p>
        ) : null}
      </TableCell>
      <TableCell className="hidden md:table-cell">
        <Badge variant="outline">{nameOf(model.provider, providers)}</Badge>
      </TableCell>
      <Figure value={model.context_window} show={formatCompact} />
      <Figure value={model.input_price} show={price} />
      <Figure value={model.output_price} show={price} />
      <TableCell className="hidden whitespace-nowrap text-muted-foreground text-xs md:table-cell">
        {abilities(model)}
      </TableCell>
      <TableCell>
        <div className="flex items-center justify-end gap-1">
          {canWrite && isOwn ? (
            <RowAction action="Describe" name={model.name} onClick={onEdit}>
              <PencilIcon />
            </RowAction>
          ) : null}
          <Switch
            aria-label={`Agents may use ${model.name}`}
            checked={model.is_enabled}
            disabled={!canWrite || model.disabled_by === "operator" || describe.isPending}
            onCheckedChange={turn}
          />
        </div>
      </TableCell>
    </TableRow>
  );
}

const abilities = (model: LlmModel): string =>
  [model.has_tools ? "tools" : null, model.has_vision ? "images" : null]
    .filter(Boolean)
    .join(", ") || "–";

const price = (value: number): string => (value === 0 ? "Free" : `$${value.toFixed(2)}`);

function Figure({ value, show }: { value: number | null; show: (value: number) => string }) {
  return (
    <TableCell className="hidden text-right text-muted-foreground tabular-nums md:table-cell">
      {value === null ? (
        <>
          <span aria-hidden="true">–</span>
          <span className="sr-only">unknown</span>
        </>
      ) : (
        show(value)
      )}
    </TableCell>
  );
}
