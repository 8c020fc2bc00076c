import type { LlmModel, ModelEntryChange } from "@medea/api";
import { CheckboxField, Dialog, DialogContent, FormField, Input, toast } from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { showProblems } from "@/lib/form-problems";

/** What is known of a model, whoever shows it. */
export type DescribedModel = Pick<
  LlmModel,
  "id" | "name" | "context_window" | "input_price" | "output_price" | "has_tools" | "has_vision"
>;

export interface EntryDialogProps {
  /** Null: closed; "new": a model that nobody lists. */
  model: DescribedModel | "new" | null;
  onSave: (model: string, change: ModelEntryChange) => Promise<unknown>;
  onClose: () => void;
}

/** What somebody knows of a model themselves: of one on machines of their own, say. */
export function EntryDialog({ model, onSave, onClose }: EntryDialogProps) {
  return (
    <Dialog open={model !== null} onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent>
        {model === null ? null : (
          <EntryForm model={model === "new" ? null : model} onSave={onSave} onDone={onClose} />
        )}
      </DialogContent>
    </Dialog>
  );
}

interface Typed {
  model: string;
  name: string;
  context_window: string;
  input_price: string;
  output_price: string;
  has_tools: boolean;
  has_vision: boolean;
}

const shown = (value: number | null | undefined): string => (value == null ? "" : String(value));
const read = (value: string): number | null => (value.trim() === "" ? null : Number(value));

/** What was typed over; prices go together, and what was left alone stays as the list has it. */
function changed(typed: Typed, dirty: Partial<Record<keyof Typed, boolean>>): ModelEntryChange {
  const change: ModelEntryChange = {};
  if (dirty.name) change.name = typed.name.trim() || null;
  if (dirty.context_window) change.context_window = read(typed.context_window);
  if (dirty.input_price || dirty.output_price) {
    change.input_price = read(typed.input_price);
    change.output_price = read(typed.output_price);
  }
  if (dirty.has_tools) change.has_tools = typed.has_tools;
  if (dirty.has_vision) change.has_vision = typed.has_vision;
  return change;
}

interface EntryFormProps {
  model: DescribedModel | null;
  onSave: EntryDialogProps["onSave"];
  onDone: () => void;
}

function EntryForm({ model, onSave, onDone }: EntryFormProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<Typed>({
    defaultValues: {
      model: model?.id ?? "",
      name: model && model.name !== model.id ? model.name : "",
      context_window: shown(model?.context_window),
      input_price: shown(model?.input_price),
      output_price: shown(model?.output_price),
      has_tools: model?.has_tools ?? false,
      has_vision: model?.has_vision ?? false,
    },
  });
  const { errors, dirtyFields, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (typed) => {
    setProblem(null);
    const change = changed(typed, dirtyFields);
    try {
      await onSave(typed.model.trim(), change);
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success(`${typed.model} was saved`);
    onDone();
  });
  const number = { inputMode: "decimal", autoComplete: "off" } as const;
  const isNumber = {
    pattern: { value: /^\s*\d*\.?\d*\s*$/u, message: "Write a number, with a point." },
  };
  return (
    <DialogForm
      title={model ? model.name : "Describe a model"}
      description="Prices of your own are what budgets and costs are reckoned with. Empty: as the list has it."
      problem={problem}
      submitLabel="Save"
      isSubmitting={isSubmitting}
      onSubmit={submit}
    >
      <div className="grid gap-4">
        {model ? null : (
          <FormField
            label="Id"
            hint="As your provider names it, and as agents do."
            error={errors.model?.message}
          >
            <Input
              className="font-mono"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              {...form.register("model", { required: "Enter the id of a model." })}
            />
          </FormField>
        )}
        <FormField label="Name" optional error={errors.name?.message}>
          <Input autoComplete="off" {...form.register("name")} />
        </FormField>
        <FormField
          label="Context"
          optional
          hint="Tokens of question and answer together. Longer conversations lose their oldest messages."
          error={errors.context_window?.message}
        >
          <Input {...number} placeholder="128000" {...form.register("context_window", isNumber)} />
        </FormField>
        <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-2">
          <FormField label="Input price" optional error={errors.input_price?.message}>
            <Input {...number} placeholder="0.15" {...form.register("input_price", isNumber)} />
          </FormField>
          <FormField label="Output price" optional error={errors.output_price?.message}>
            <Input {...number} placeholder="0.60" {...form.register("output_price", isNumber)} />
          </FormField>
        </div>
        <CheckboxField
          label="Calls tools"
          checked={form.watch("has_tools")}
          onCheckedChange={(on) => form.setValue("has_tools", on === true, { shouldDirty: true })}
        />
        <CheckboxField
          label="Reads images"
          checked={form.watch("has_vision")}
          onCheckedChange={(on) => form.setValue("has_vision", on === true, { shouldDirty: true })}
        />
      </div>
    </DialogForm>
  );
}
