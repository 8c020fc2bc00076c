import type { McpTool } from "@medea/api";
import { FormField, Input, Switch, Textarea, toast } from "@medea/ui";
import { useId } from "react";
import { Controller, useForm } from "react-hook-form";
import { SaveForm } from "@/components/save-form";
import { useChangeTool } from "./queries";

interface Values {
  name: string;
  own_description: string;
  is_safe_to_repeat: boolean;
  is_public: boolean;
}

const NAME = /^[A-Za-z0-9_-]{1,60}$/;

const startOf = (tool: McpTool): Values => ({
  name: tool.name,
  own_description: tool.own_description ?? "",
  is_safe_to_repeat: tool.is_safe_to_repeat,
  is_public: tool.is_public,
});

/** How models know a tool, and what may be done with it. */
export function ToolSettings({ tool, canWrite }: { tool: McpTool; canWrite: boolean }) {
  const change = useChangeTool(tool.server_id);
  const form = useForm<Values>({ defaultValues: startOf(tool) });
  const { errors } = form.formState;
  async function save(values: Values) {
    await change.mutateAsync({
      toolId: tool.id,
      ...values,
      name: values.name.trim(),
      own_description: values.own_description.trim() || null,
    });
    form.reset(values);
    toast.success("Saved");
  }
  return (
    <SaveForm
      form={form}
      legend={`How ${tool.name} is used`}
      canWrite={canWrite}
      onSave={save}
      size="sm"
      className="gap-4"
    >
      <FormField
        label="Name for the model"
        hint={
          tool.name === tool.remote_name ? undefined : `The server calls it ${tool.remote_name}.`
        }
        error={errors.name?.message}
      >
        <Input
          className="font-mono text-xs"
          spellCheck={false}
          {...form.register("name", {
            validate: (name) => NAME.test(name.trim()) || "At most 60 letters, digits, _ and -.",
          })}
        />
      </FormField>
      <FormField
        label="Description for the model"
        hint="Empty: the server's own."
        error={errors.own_description?.message}
      >
        <Textarea
          rows={3}
          maxLength={2000}
          placeholder={tool.description.slice(0, 300)}
          {...form.register("own_description")}
        />
      </FormField>
      <Toggle
        form={form}
        name="is_safe_to_repeat"
        label="A second call does no harm"
        about={
          tool.is_read_only || tool.is_idempotent
            ? "The server says so; switch it on if you trust it. A call whose outcome is not known is then made again."
            : "A call whose outcome is not known is then made again."
        }
      />
      <Toggle
        form={form}
        name="is_public"
        label="Visitors may see what it returns"
        about="Otherwise they see that it was used."
      />
    </SaveForm>
  );
}

interface ToggleProps {
  form: ReturnType<typeof useForm<Values>>;
  name: "is_safe_to_repeat" | "is_public";
  label: string;
  about: string;
}

function Toggle({ form, name, label, about }: ToggleProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <Controller
        control={form.control}
        name={name}
        render={({ field }) => (
          <Switch
            id={id}
            checked={field.value}
            aria-describedby={`${id}-about`}
            className="mt-0.5"
            onCheckedChange={field.onChange}
          />
        )}
      />
      <div className="grid gap-0.5">
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        <p id={`${id}-about`} className="text-muted-foreground text-xs">
          {about}
        </p>
      </div>
    </div>
  );
}
