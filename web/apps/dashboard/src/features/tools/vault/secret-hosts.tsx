import type { Secret } from "@medea/api";
import { FormField, Input, toast } from "@medea/ui";
import { type ComponentProps, useState } from "react";
import { useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { showProblems } from "@/lib/form-problems";
import { useCan } from "@/lib/session";
import { useBindSecret } from "../queries";

/** The hosts in a line of text, with commas or blanks between. */
export const hostsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

interface HostsFieldProps extends ComponentProps<typeof Input> {
  error: string | undefined;
}

/** Where a secret may be sent. */
export function HostsField({ error, ...props }: HostsFieldProps) {
  return (
    <FormField
      label="May be sent to"
      optional
      hint="Hosts, such as api.example.com or *.example.com. Left empty, the first request that holds it binds it to its own."
      error={error}
    >
      <Input
        className="font-mono"
        placeholder="api.example.com"
        autoComplete="off"
        spellCheck={false}
        {...props}
      />
    </FormField>
  );
}

/** Names the hosts that a secret may be sent to. */
export function HostsForm({ secret, onDone }: { secret: Secret; onDone: () => void }) {
  const bind = useBindSecret();
  const mayWiden = useCan("secrets:bind");
  const form = useForm({ defaultValues: { hosts: (secret.hosts ?? []).join(", "), value: "" } });
  const [problem, setProblem] = useState<string | null>(null);
  const submit = form.handleSubmit(async ({ hosts, value }) => {
    setProblem(null);
    try {
      await bind.mutateAsync({ id: secret.id, hosts: hostsOf(hosts), value: value || null });
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success(`${secret.name} is bound`);
    onDone();
  });
  return (
    <DialogForm
      title={<span className="break-all">Hosts of {secret.name}</span>}
      description="No request to any other host holds it, whatever a tool says."
      problem={problem}
      submitLabel="Save"
      isSubmitting={bind.isPending}
      // Inside the form of a tool: its submit event must not reach that one.
      onSubmit={(event) => {
        event.stopPropagation();
        void submit(event);
      }}
    >
      <HostsField error={form.formState.errors.hosts?.message} {...form.register("hosts")} />
      {mayWiden || !secret.hosts?.length ? null : (
        <FormField
          label="Value"
          optional
          hint="To let it go to further hosts, enter its value again, or ask an admin."
          error={form.formState.errors.value?.message}
        >
          <Input
            type="password"
            className="font-mono"
            autoComplete="off"
            spellCheck={false}
            maxLength={8000}
            {...form.register("value")}
          />
        </FormField>
      )}
    </DialogForm>
  );
}
