import type { Fallback, FallbackReason } from "@medea/api";
import { CheckboxField } from "@medea/ui";
import { ModelPicker } from "./model-picker";
import { RowButtons } from "./row-buttons";

const REASONS: { value: FallbackReason; label: string }[] = [
  { value: "error", label: "on an error" },
  { value: "timeout", label: "on a time-out" },
  { value: "budget", label: "beyond the budget" },
];

export interface FallbackRowProps {
  fallback: Fallback;
  number: number;
  total: number;
  canWrite: boolean;
  error: string | undefined;
  onChange: (fallback: Fallback) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

export function FallbackRow(props: FallbackRowProps) {
  const { fallback, number, total, canWrite, error, onChange, onMove, onRemove } = props;
  const turn = (reason: FallbackReason, on: boolean) =>
    onChange({
      ...fallback,
      on: REASONS.map(({ value }) => value).filter((value) =>
        value === reason ? on : fallback.on.includes(value),
      ),
    });
  return (
    <li className="rounded-xl border bg-card p-4 shadow-xs">
      <div className="mb-3 flex items-center gap-1">
        <h3 className="flex-1 font-medium text-muted-foreground text-xs">Fall-back {number}</h3>
        {canWrite ? (
          <RowButtons
            label={`fall-back ${number}`}
            number={number}
            total={total}
            onMove={onMove}
            onRemove={onRemove}
          />
        ) : null}
      </div>
      <ModelPicker
        value={fallback.model}
        onChange={(model) => onChange({ ...fallback, model: model ?? "" })}
        readOnly={!canWrite}
        error={error}
        label={`Fall-back ${number}`}
        hasDefault={false}
      />
      <fieldset className="mt-3 flex flex-wrap gap-x-5 gap-y-2">
        <legend className="sr-only">When fall-back {number} takes over</legend>
        {REASONS.map(({ value, label }) => (
          <CheckboxField
            key={value}
            label={label}
            checked={fallback.on.includes(value)}
            disabled={!canWrite}
            onCheckedChange={(on) => turn(value, on === true)}
          />
        ))}
      </fieldset>
      {fallback.model === "" || fallback.on.length === 0 ? (
        <p className="mt-2 text-warning text-xs">
          Not saved yet: {fallback.model === "" ? "choose a model" : "choose when it takes over"}.
        </p>
      ) : null}
    </li>
  );
}
