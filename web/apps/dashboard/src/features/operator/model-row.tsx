import { messageOf, type PlatformModel } from "@medea/api";
import { Switch, TableCell, TableRow, toast } from "@medea/ui";
import { PencilIcon } from "lucide-react";
import { RowAction } from "@/components/row-action";
import { formatCompact } from "@/lib/format";

export interface ModelRowProps {
  model: PlatformModel;
  isBusy: boolean;
  onTurn: (on: boolean) => Promise<unknown>;
  onEdit: () => void;
}

const price = (value: number): string => (value === 0 ? "Free" : `$${value.toFixed(2)}`);
const FIGURE = "hidden text-right text-muted-foreground tabular-nums md:table-cell";

export function ModelRow({ model, isBusy, onTurn, onEdit }: ModelRowProps) {
  const turn = (on: boolean) =>
    onTurn(on).then(
      () => toast.success(`${model.name} is ${on ? "on offer" : "off for all workspaces"}`),
      (error: unknown) => toast.error(messageOf(error)),
    );
  return (
    <TableRow>
      <TableCell className="max-w-48 sm:max-w-72">
        <span className="block truncate font-medium">{model.name}</span>
        {model.name === model.id ? null : (
          <code className="block truncate font-mono text-muted-foreground text-xs">{model.id}</code>
        )}
      </TableCell>
      <TableCell className={FIGURE}>
        {model.context_window === null ? "–" : formatCompact(model.context_window)}
      </TableCell>
      <TableCell className={FIGURE}>
        {model.input_price === null ? "–" : price(model.input_price)}
      </TableCell>
      <TableCell className={FIGURE}>
        {model.output_price === null ? "–" : price(model.output_price)}
      </TableCell>
      <TableCell>
        <div className="flex items-center justify-end gap-1">
          <RowAction action="Describe" name={model.name} onClick={onEdit}>
            <PencilIcon />
          </RowAction>
          <Switch
            aria-label={`Workspaces may use ${model.name}`}
            checked={model.is_enabled}
            disabled={isBusy}
            onCheckedChange={turn}
          />
        </div>
      </TableCell>
    </TableRow>
  );
}
