import type { Agent } from "@medea/api";
import { FormField, Input } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { toolSettingsQuery } from "@/features/tools";
import { useDraft } from "../editor/draft-context";
import { boundHint, readBound } from "./bounds";

type Limits = Agent["tool_limits"];

const FIELDS: { name: keyof Limits; label: string; unit: string; step: number }[] = [
  { name: "max_steps", label: "Steps", unit: "steps", step: 1 },
  { name: "max_seconds", label: "Seconds", unit: "seconds", step: 1 },
  { name: "max_cost_usd", label: "US dollars", unit: "USD", step: 0.01 },
];

/** How far a turn may go with tools before the agent has to answer with what it has. */
export function ToolLimits() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const most = useQuery(toolSettingsQuery).data?.turn_limits;
  return (
    <div className="grid max-w-xl grid-cols-1 gap-4 sm:grid-cols-3">
      {FIELDS.map(({ name, label, unit, step }) => (
        <FormField
          key={name}
          label={label}
          optional
          hint={boundHint(most?.[name] ?? null, unit)}
          error={fieldError(`tool_limits.${name}`)}
        >
          <Bound
            value={agent.tool_limits[name]}
            step={step}
            readOnly={!canWrite}
            onChange={(value) => edit({ tool_limits: { ...agent.tool_limits, [name]: value } })}
          />
        </FormField>
      ))}
    </div>
  );
}

interface BoundProps {
  value: number | null;
  step: number;
  readOnly: boolean;
  onChange: (value: number | null) => void;
}

/** Keeps what is typed until it means another number: "0." is on the way to 0.5. */
function Bound({ value, step, readOnly, onChange }: BoundProps) {
  const [typed, setTyped] = useState("");
  const shown = readBound(typed, step) === value ? typed : String(value ?? "");
  return (
    <Input
      inputMode={step === 1 ? "numeric" : "decimal"}
      autoComplete="off"
      value={shown}
      placeholder="No bound of its own"
      readOnly={readOnly}
      onChange={(event) => {
        const text = event.target.value.replace(",", ".").replace(/[^0-9.]/g, "");
        setTyped(text);
        onChange(readBound(text, step));
      }}
    />
  );
}
