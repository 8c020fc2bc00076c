import { Button, FieldGroup, Input } from "@medea/ui";
import { Plus, X } from "lucide-react";
import { useFieldArray, useFormContext } from "react-hook-form";
import { headerProblem, type ToolValues } from "./values";

const MOST = 20;

/** Headers of the request, as rows of name and value. */
export function HeaderRows() {
  const { control, register, formState, clearErrors } = useFormContext<ToolValues>();
  const { fields, append, remove } = useFieldArray({
    control,
    name: "headers",
    rules: { validate: (rows) => headerProblem(rows) ?? true },
  });
  // The rule is about all rows, and so is what the server said: typing in one of them answers it.
  const onChange = () => clearErrors("headers");
  const error = formState.errors.headers?.root?.message ?? formState.errors.headers?.message;
  return (
    <FieldGroup
      legend="Headers"
      hint="{{NAME}} stands for a secret of the vault. Content type and signature are added."
      error={error}
    >
      {fields.length > 0 ? (
        <ul className="grid gap-2">
          {fields.map((field, index) => (
            <li
              key={field.id}
              className="grid grid-cols-[minmax(0,1fr)_auto] gap-2 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]"
            >
              <Input
                aria-label={`Name of header ${index + 1}`}
                placeholder="Authorization"
                autoComplete="off"
                spellCheck={false}
                {...register(`headers.${index}.name`, { onChange })}
              />
              <Input
                aria-label={`Value of header ${index + 1}`}
                placeholder="Bearer {{ORDERS_KEY}}"
                autoComplete="off"
                spellCheck={false}
                className="font-mono text-xs max-sm:order-last max-sm:col-span-2"
                {...register(`headers.${index}.value`, { onChange })}
              />
              <Button
                variant="ghost"
                size="icon"
                className="text-muted-foreground"
                aria-label={`Remove header ${index + 1}`}
                onClick={() => remove(index)}
              >
                <X />
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <Button
        variant="outline"
        size="sm"
        className="justify-self-start"
        disabled={fields.length >= MOST}
        onClick={() => append({ name: "", value: "" })}
      >
        <Plus />
        Add a header
      </Button>
    </FieldGroup>
  );
}
