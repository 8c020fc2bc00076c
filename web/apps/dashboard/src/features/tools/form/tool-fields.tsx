import {
  FormField,
  Input,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
  Textarea,
} from "@medea/ui";
import { Controller, useFormContext } from "react-hook-form";
import { HeaderRows } from "./header-rows";
import { MissingSecrets } from "./missing-secrets";
import { readSchema, unfilled } from "./schema";
import { isHarmless, METHODS, type ToolValues, validName, validUrl } from "./values";

/** What the model is told of the tool. */
export function ModelFields() {
  const { register, formState } = useFormContext<ToolValues>();
  const { errors } = formState;
  return (
    <>
      <FormField
        label="Name"
        hint="What the model calls it."
        error={errors.name?.message}
        className="max-w-md"
      >
        <Input
          className="font-mono"
          placeholder="find_order"
          autoComplete="off"
          spellCheck={false}
          maxLength={60}
          {...register("name", { validate: validName })}
        />
      </FormField>
      <FormField
        label="Description"
        hint="The model decides by it: say what the tool does, and when to use it."
        error={errors.description?.message}
      >
        <Textarea
          rows={3}
          maxLength={2000}
          placeholder="Finds an order by its number. Use it when somebody asks where their order is."
          {...register("description", {
            validate: (text) => text.trim() !== "" || "Say what the tool does, and when to use it.",
          })}
        />
      </FormField>
      <FormField
        label="Arguments"
        hint="JSON Schema of what the model fills in. Describe each argument; that is all it knows of them."
        error={errors.parameters?.message}
      >
        <Textarea
          rows={8}
          className="max-h-96 font-mono text-xs"
          spellCheck={false}
          {...register("parameters", { validate: (text) => readSchema(text).problem ?? true })}
        />
      </FormField>
    </>
  );
}

/** The request that is made. */
export function RequestFields() {
  const { register, formState } = useFormContext<ToolValues>();
  const { errors } = formState;
  return (
    <>
      <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-[8rem_minmax(0,1fr)]">
        <MethodField />
        <FormField
          label="Address"
          hint="{order_id} in path or query stands for an argument. The others become the query, or a JSON body with POST, PUT and PATCH."
          error={errors.url?.message}
        >
          <Input
            className="font-mono text-xs"
            placeholder="https://api.example.com/orders/{order_id}"
            autoComplete="off"
            spellCheck={false}
            inputMode="url"
            maxLength={2000}
            {...register("url", {
              validate: (url, values) => {
                const isValid = validUrl(url);
                if (isValid !== true) return isValid;
                const schema = readSchema(values.parameters).value;
                const [name] = schema ? unfilled(url, schema) : [];
                return name === undefined || `{${name}} is none of the arguments above.`;
              },
            })}
          />
        </FormField>
      </div>
      <HeaderRows />
      <MissingSecrets />
    </>
  );
}

function MethodField() {
  const { control, formState, setValue } = useFormContext<ToolValues>();
  return (
    <FormField label="Method" error={formState.errors.method?.message}>
      <Controller
        control={control}
        name="method"
        render={({ field }) => (
          <Select
            value={field.value}
            onValueChange={(value) => {
              const method = METHODS.find((one) => one === value);
              if (!method) return;
              field.onChange(method);
              // What was decided by hand stays.
              if (!formState.dirtyFields.is_safe_to_repeat) {
                setValue("is_safe_to_repeat", isHarmless(method));
              }
            }}
          >
            <SelectTrigger className="font-mono text-xs">
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              {METHODS.map((method) => (
                <SelectItem key={method} value={method}>
                  {method}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        )}
      />
    </FormField>
  );
}
