import { messageOf, type PlatformModel } from "@medea/api";
import { TableRow, toast } from "@medea/ui";
import { ModelFigures, ModelName, ModelSwitch } from "@/features/settings";

export interface ModelRowProps {
  model: PlatformModel;
  isBusy: boolean;
  onTurn: (on: boolean) => Promise<unknown>;
  onEdit: () => void;
}

export function ModelRow({ model, isBusy, onTurn, onEdit }: ModelRowProps) {
  const turn = (on: boolean) =>
    void onTurn(on).then(
      () => toast.success(`${model.name} is ${on ? "on offer" : "off for all workspaces"}`),
      (error: unknown) => toast.error(messageOf(error)),
    );
  return (
    <TableRow>
      <ModelName model={model} />
      <ModelFigures model={model} />
      <ModelSwitch
        model={model}
        who="Workspaces"
        isDisabled={isBusy}
        onTurn={turn}
        onEdit={onEdit}
      />
    </TableRow>
  );
}
