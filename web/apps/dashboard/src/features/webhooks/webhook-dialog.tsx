import type { Webhook, WebhookCreated } from "@medea/api";
import { Dialog, DialogContent, FormField, Input, toast } from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { showProblems } from "@/lib/form-problems";
import { EventPicker } from "./event-picker";
import { useCreateWebhook, useUpdateWebhook } from "./queries";
import { ShownSecret } from "./shown-secret";

/** A new webhook, or another address or other events for one. */
export function WebhookDialog({ webhook, onClose }: { webhook?: Webhook; onClose: () => void }) {
  const [created, setCreated] = useState<WebhookCreated | null>(null);
  return (
    <Dialog open onOpenChange={() => (created ? null : onClose())}>
      <DialogContent
        showCloseButton={!created}
        onEscapeKeyDown={(event) => created && event.preventDefault()}
        onInteractOutside={(event) => created && event.preventDefault()}
      >
        {created ? (
          <ShownSecret secret={created.secret} isNew onDone={onClose} />
        ) : (
          <WebhookForm webhook={webhook} onCreated={setCreated} onDone={onClose} />
        )}
      </DialogContent>
    </Dialog>
  );
}

interface WebhookFormProps {
  webhook: Webhook | undefined;
  onCreated: (webhook: WebhookCreated) => void;
  onDone: () => void;
}

function WebhookForm({ webhook, onCreated, onDone }: WebhookFormProps) {
  const create = useCreateWebhook();
  const update = useUpdateWebhook(webhook?.id ?? "");
  const form = useForm({
    defaultValues: {
      url: webhook?.url ?? "",
      description: webhook?.description ?? "",
      events: webhook?.events ?? [],
    },
  });
  const [problem, setProblem] = useState<string | null>(null);
  const { errors } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    if (values.events.length === 0) {
      form.setError("events", { message: "Choose at least one event." });
      return;
    }
    try {
      if (webhook) {
        await update.mutateAsync(values);
        toast.success("Saved");
        onDone();
      } else onCreated(await create.mutateAsync(values));
    } catch (error) {
      setProblem(showProblems(form, error));
    }
  });

  return (
    <DialogForm
      title={webhook ? "Edit the webhook" : "Add a webhook"}
      description="Each event is one POST with JSON, signed as Standard Webhooks says."
      problem={problem}
      submitLabel={webhook ? "Save" : "Add webhook"}
      isSubmitting={create.isPending || update.isPending}
      onSubmit={submit}
    >
      <FormField label="Address" error={errors.url?.message}>
        <Input
          className="font-mono"
          inputMode="url"
          placeholder="https://example.com/hooks/medea"
          autoComplete="off"
          spellCheck={false}
          {...form.register("url", {
            validate: (url) =>
              /^https?:\/\/./.test(url.trim()) || "Begins with https:// and a host.",
          })}
        />
      </FormField>
      <FormField label="Description" optional error={errors.description?.message}>
        <Input
          placeholder="Leads into the CRM"
          autoComplete="off"
          maxLength={200}
          {...form.register("description")}
        />
      </FormField>
      <EventPicker
        value={form.watch("events")}
        error={errors.events?.message}
        onChange={(events) => {
          form.clearErrors("events");
          form.setValue("events", events, { shouldDirty: true });
        }}
      />
    </DialogForm>
  );
}
