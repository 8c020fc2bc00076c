import { FormField, Input, Switch } from "@medea/ui";
import { useId } from "react";
import { Controller, useFormContext } from "react-hook-form";
import { type ToolValues, validSeconds } from "./values";

/** What becomes of the answer, and of none. */
export function AnswerFields() {
  const { register, formState } = useFormContext<ToolValues>();
  const { errors } = formState;
  return (
    <>
      <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
        <FormField
          label="Part that the model is shown"
          optional
          hint="Of a JSON answer, such as data.order. Empty: all of it, up to 16,000 characters."
          error={errors.response_path?.message}
        >
          <Input
            className="font-mono text-xs"
            placeholder="data.order"
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            {...register("response_path")}
          />
        </FormField>
        <FormField
          label="Time-out"
          hint="Seconds of one try."
          error={errors.timeout_seconds?.message}
        >
          <Input
            inputMode="decimal"
            autoComplete="off"
            {...register("timeout_seconds", { validate: validSeconds })}
          />
        </FormField>
      </div>
      <SwitchField
        name="is_safe_to_repeat"
        label="Safe to repeat"
        hint="A second request does no harm. Only then is it sent again after a failure or a restart."
      />
      <SwitchField
        name="is_public"
        label="Visitors may see results"
        hint="Otherwise they see that the tool was used, not what it said."
      />
    </>
  );
}

interface SwitchFieldProps {
  name: "is_safe_to_repeat" | "is_public";
  label: string;
  hint: string;
}

function SwitchField({ name, label, hint }: SwitchFieldProps) {
  const { control } = useFormContext<ToolValues>();
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <Controller
        control={control}
        name={name}
        render={({ field }) => (
          <Switch
            id={id}
            ref={field.ref}
            checked={field.value}
            onCheckedChange={field.onChange}
            aria-describedby={`${id}-hint`}
            className="mt-0.5"
          />
        )}
      />
      <label htmlFor={id} className="grid gap-0.5 text-sm">
        <span className="font-medium">{label}</span>
        <span id={`${id}-hint`} className="text-muted-foreground text-xs">
          {hint}
        </span>
      </label>
    </div>
  );
}
