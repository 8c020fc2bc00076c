import { ApiError, type ApiKey } from "@medea/api";
import { Dialog, DialogContent, FormField, Input, toast } from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { showProblems } from "@/lib/form-problems";
import { originProblems, originsOf } from "./origin";
import { OriginsField } from "./origins-field";
import { useUpdateApiKey } from "./queries";

export interface EditKeyDialogProps {
  apiKey: ApiKey;
  onClose: () => void;
}

/** A key's name and, for one that stands in pages, its websites. What it may do stays as it was made. */
export function EditKeyDialog({ apiKey, onClose }: EditKeyDialogProps) {
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent>
        <EditKeyForm apiKey={apiKey} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

/** The server's remarks on single websites, by their place in the list that was sent. */
function refusedOrigins(error: unknown): Record<number, string> {
  const found: Record<number, string> = {};
  if (!(error instanceof ApiError)) return found;
  for (const [field, message] of Object.entries(error.fields)) {
    const index = /^allowed_origins\.(\d+)$/u.exec(field)?.[1];
    if (index) found[Number(index)] = message;
  }
  return found;
}

function EditKeyForm({ apiKey, onClose }: EditKeyDialogProps) {
  const isSecret = apiKey.kind === "secret";
  const update = useUpdateApiKey(apiKey.id);
  const form = useForm({ defaultValues: { name: apiKey.name } });
  const [origins, setOrigins] = useState(apiKey.allowed_origins);
  const [originErrors, setOriginErrors] = useState<Record<number, string>>({});
  const [problem, setProblem] = useState<string | null>(null);

  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    const errors = isSecret ? {} : originProblems(origins);
    setOriginErrors(errors);
    if (Object.keys(errors).length > 0) return;
    const name = values.name.trim();
    const allowed = originsOf(origins);
    try {
      await update.mutateAsync(isSecret ? { name } : { name, allowed_origins: allowed });
    } catch (error) {
      const refused = refusedOrigins(error);
      setOrigins(allowed);
      setOriginErrors(refused);
      if (Object.keys(refused).length === 0) setProblem(showProblems(form, error));
      return;
    }
    toast.success(`${name} was saved`);
    onClose();
  });

  return (
    <DialogForm
      title={`Edit ${apiKey.name}`}
      description={
        isSecret
          ? "The key itself and its permissions stay. For other permissions, create another key."
          : "The key itself stays, so your pages need no change. Pages opened from now on follow the list."
      }
      problem={problem}
      submitLabel="Save"
      isSubmitting={update.isPending}
      onSubmit={submit}
    >
      <FormField
        label="Name"
        hint="Where it is used, so that you know it again."
        error={form.formState.errors.name?.message}
      >
        <Input
          autoComplete="off"
          {...form.register("name", {
            validate: (value) => value.trim() !== "" || "Give the key a name.",
          })}
        />
      </FormField>
      {isSecret ? null : (
        <OriginsField
          value={origins}
          errors={originErrors}
          onChange={(next) => {
            setOriginErrors({});
            setOrigins(next);
          }}
        />
      )}
    </DialogForm>
  );
}
