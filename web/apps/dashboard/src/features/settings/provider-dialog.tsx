import type { Provider, ProviderInput, ProviderKind } from "@medea/api";
import {
  Button,
  CheckboxField,
  Dialog,
  DialogContent,
  FormField,
  Input,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
  toast,
} from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { showProblems } from "@/lib/form-problems";
import { useSaveProvider } from "./queries";

export interface ProviderDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Null to add one. */
  provider: Provider | null;
  isFirst: boolean;
}

export function ProviderDialog({ open, onOpenChange, provider, isFirst }: ProviderDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <ProviderForm provider={provider} isFirst={isFirst} onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

interface Preset {
  name: string;
  kind?: ProviderKind;
  base_url: string;
  default_model: string;
}

const PRESETS: Preset[] = [
  {
    name: "Anthropic",
    kind: "anthropic",
    base_url: "https://api.anthropic.com",
    default_model: "claude-sonnet-4-6",
  },
  {
    name: "OpenRouter",
    base_url: "https://openrouter.ai/api/v1",
    default_model: "openai/gpt-5-mini",
  },
  { name: "OpenAI", base_url: "https://api.openai.com/v1", default_model: "gpt-5-mini" },
  {
    name: "Mistral",
    base_url: "https://api.mistral.ai/v1",
    default_model: "mistral-small-latest",
  },
  {
    name: "Groq",
    base_url: "https://api.groq.com/openai/v1",
    default_model: "openai/gpt-oss-120b",
  },
];

interface ProviderFormProps {
  provider: Provider | null;
  isFirst: boolean;
  onDone: () => void;
}

function ProviderForm({ provider, isFirst, onDone }: ProviderFormProps) {
  const save = useSaveProvider(provider?.id ?? null);
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<Required<ProviderInput>>({
    defaultValues: {
      name: provider?.name ?? "",
      kind: provider?.kind ?? "openai",
      base_url: provider?.base_url ?? "",
      api_key: "",
      default_model: provider?.default_model ?? "",
      is_default: provider?.is_default ?? isFirst,
    },
  });
  const { errors } = form.formState;
  const kind = form.watch("kind");
  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await save.mutateAsync({ ...values, base_url: values.base_url?.trim() || null });
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success(provider ? `${values.name} was saved` : `${values.name} was added`);
    onDone();
  });

  return (
    <DialogForm
      title={provider ? `Edit ${provider.name}` : "Add a model provider"}
      description="The key is encrypted at rest and never shown again."
      problem={problem}
      submitLabel={provider ? "Save" : "Add provider"}
      isSubmitting={save.isPending}
      onSubmit={submit}
    >
      {provider ? null : (
        <div className="flex flex-wrap items-center gap-1.5">
          <span className="text-muted-foreground text-xs">Fill in for</span>
          {PRESETS.map((preset) => (
            <Button
              key={preset.name}
              variant="secondary"
              size="xs"
              onClick={() => {
                for (const field of ["name", "base_url", "default_model"] as const) {
                  form.setValue(field, preset[field], { shouldDirty: true });
                }
                form.setValue("kind", preset.kind ?? "openai", { shouldDirty: true });
                form.clearErrors();
                form.setFocus("api_key");
              }}
            >
              {preset.name}
            </Button>
          ))}
        </div>
      )}
      <div className="grid gap-4">
        <FormField label="Name" error={errors.name?.message}>
          <Input autoComplete="off" {...form.register("name", { required: "Give it a name." })} />
        </FormField>
        {provider ? null : (
          <FormField
            label="Speaks"
            hint="Most servers speak OpenAI’s chat completions; Anthropic has its own Messages."
            error={errors.kind?.message}
          >
            <Select
              value={kind}
              onValueChange={(value) => form.setValue("kind", value as ProviderKind)}
            >
              <SelectTrigger>
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                <SelectItem value="openai">OpenAI chat completions</SelectItem>
                <SelectItem value="anthropic">Anthropic Messages</SelectItem>
              </SelectContent>
            </Select>
          </FormField>
        )}
        <FormField
          label="Base URL"
          optional={kind === "anthropic"}
          hint={`${
            kind === "anthropic"
              ? "Empty: Anthropic’s own address."
              : "The address before /chat/completions."
          } Hosts of a private network have to be allowed by whoever runs Medea.`}
          error={errors.base_url?.message}
        >
          <Input
            inputMode="url"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            placeholder={
              kind === "anthropic" ? "https://api.anthropic.com" : "https://api.example.com/v1"
            }
            {...form.register("base_url", {
              required: kind === "anthropic" ? false : "Enter the address.",
              pattern: { value: /^\s*https?:\/\/\S+\s*$/iu, message: "Begin with https://" },
            })}
          />
        </FormField>
        <FormField
          label="API key"
          hint={
            provider
              ? `Leave empty to keep ${provider.key_hint}.`
              : "Any text where none is needed."
          }
          error={errors.api_key?.message}
        >
          <Input
            type="password"
            autoComplete="off"
            spellCheck={false}
            {...form.register("api_key", { required: provider ? false : "Enter the key." })}
          />
        </FormField>
        <FormField
          label="Default model"
          hint="Used by agents that name no model of their own."
          error={errors.default_model?.message}
        >
          <Input
            className="font-mono"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...form.register("default_model", { required: "Enter the id of a model." })}
          />
        </FormField>
        <CheckboxField
          label="Use for agents without a model"
          hint="Takes the place of the present default."
          checked={form.watch("is_default")}
          onCheckedChange={(on) => form.setValue("is_default", on === true)}
        />
      </div>
    </DialogForm>
  );
}
