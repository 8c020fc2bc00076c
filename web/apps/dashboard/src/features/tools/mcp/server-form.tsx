import type { McpServer } from "@medea/api";
import { Card, CardHeader, CardTitle, FormField, Input, toast } from "@medea/ui";
import { useForm } from "react-hook-form";
import { SaveForm } from "@/components/save-form";
import { validSeconds, validUrl } from "../form/values";
import { AuthFields } from "./auth-fields";
import { useUpdateServer } from "./queries";
import { inputOf, type ServerValues, startOf } from "./values";

/** How a server is connected. */
export function ServerForm({ server, canWrite }: { server: McpServer; canWrite: boolean }) {
  const update = useUpdateServer(server.id);
  const form = useForm<ServerValues>({ defaultValues: startOf(server) });
  const { errors } = form.formState;
  async function save(values: ServerValues) {
    form.reset(startOf(await update.mutateAsync(changesOf(server, values))));
    toast.success("Saved. Check now whether it answers.");
  }
  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>Connection</CardTitle>
      </CardHeader>
      <SaveForm
        form={form}
        legend="Connection"
        canWrite={canWrite}
        onSave={save}
        fieldOfCode={{ "tools.server_name_taken": "name" }}
        className="gap-5 px-5 py-5"
      >
        <FormField label="Name" error={errors.name?.message}>
          <Input maxLength={60} {...form.register("name", { required: "Give it a name." })} />
        </FormField>
        {server.program ? (
          <p className="text-muted-foreground text-sm">
            The program <span className="font-mono text-xs">{server.program}</span> of whoever runs
            this installation.
          </p>
        ) : (
          <>
            <FormField label="Address" error={errors.url?.message}>
              <Input type="url" {...form.register("url", { validate: validUrl })} />
            </FormField>
            <AuthFields />
          </>
        )}
        <FormField
          label="Seconds of a call"
          hint="Without a sign of life. A call that tells of its progress may take five times as long."
          error={errors.timeout_seconds?.message}
        >
          <Input
            inputMode="decimal"
            className="w-24"
            {...form.register("timeout_seconds", { validate: validSeconds })}
          />
        </FormField>
      </SaveForm>
    </Card>
  );
}

/** A program has no address and no credentials to change. */
function changesOf(server: McpServer, values: ServerValues) {
  const { name, timeout_seconds, ...connection } = inputOf(values);
  return server.program ? { name, timeout_seconds } : { name, timeout_seconds, ...connection };
}
