import { Switch, Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@medea/ui";
import { PencilIcon } from "lucide-react";
import type { ReactNode } from "react";
import { RowAction } from "@/components/row-action";
import { formatCompact } from "@/lib/format";

/** What the tables of a workspace and of the installation know of a model alike. */
interface Model {
  id: string;
  name: string;
  context_window: number | null;
  input_price: number | null;
  output_price: number | null;
  is_enabled: boolean;
}

interface ModelTableProps {
  label: string;
  /** Over the switches. */
  switchLabel: string;
  children: ReactNode;
}

export function ModelTable({ label, switchLabel, children }: ModelTableProps) {
  return (
    <Table label={label}>
      <TableHeader>
        <TableRow>
          <TableHead>Model</TableHead>
          <TableHead className="hidden text-right md:table-cell">Context</TableHead>
          <TableHead className="hidden text-right md:table-cell">Input</TableHead>
          <TableHead className="hidden text-right md:table-cell">Output</TableHead>
          <TableHead className="text-right">{switchLabel}</TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>{children}</TableBody>
    </Table>
  );
}

/** The first cell: the name, the id where it is another, and remarks. */
export function ModelName({
  model,
  badge,
  children,
}: {
  model: Model;
  badge?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <TableCell className="w-full max-w-0">
      <div className="flex items-center gap-2 font-medium">
        <span className="truncate">{model.name}</span>
        {badge}
      </div>
      {model.name === model.id ? null : (
        <code className="block truncate font-mono text-muted-foreground text-xs">{model.id}</code>
      )}
      {children}
    </TableCell>
  );
}

/** The cells of context and prices. */
export function ModelFigures({ model }: { model: Model }) {
  return (
    <>
      <Figure value={model.context_window} show={formatCompact} />
      <Figure value={model.input_price} show={price} />
      <Figure value={model.output_price} show={price} />
    </>
  );
}

interface ModelSwitchProps {
  model: Model;
  /** Who may use it: "Agents". */
  who: string;
  isDisabled: boolean;
  onTurn: (on: boolean) => void;
  /** Absent where nobody here may describe it. */
  onEdit?: (() => void) | undefined;
}

/** The last cell: what can be done. */
export function ModelSwitch({ model, who, isDisabled, onTurn, onEdit }: ModelSwitchProps) {
  return (
    <TableCell>
      <div className="flex items-center justify-end gap-1">
        {onEdit ? (
          <RowAction action="Describe" name={model.name} onClick={onEdit}>
            <PencilIcon />
          </RowAction>
        ) : null}
        <Switch
          aria-label={`${who} may use ${model.name}`}
          checked={model.is_enabled}
          disabled={isDisabled}
          onCheckedChange={onTurn}
        />
      </div>
    </TableCell>
  );
}

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
