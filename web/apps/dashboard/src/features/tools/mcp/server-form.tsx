import type { McpServer } from "@medea/api";
import { Button, Card, CardHeader, CardTitle, FormField, Input, Notice, toast } from "@medea/ui";
import { useState } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { validSeconds, validUrl } from "../form/values";
import { AuthFields } from "./auth-fields";
import { useUpdateServer } from "./queries";
import { inputOf, type ServerValues, startOf } from "./values";

/** How a server is connected. */
export function ServerForm({ server, canWrite }: { server: McpServer; canWrite: boolean }) {
  const update = useUpdateServer(server.id);
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<ServerValues>({ defaultValues: startOf(server) });
  const { errors, isSubmitting, isDirty } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      form.reset(startOf(await update.mutateAsync(changesOf(server, values))));
      toast.success("Saved. Check now whether it answers.");
    } catch (error) {
      setProblem(showProblems(form, error, { "tools.server_name_taken": "name" }));
    }
  });
  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>Connection</CardTitle>
      </CardHeader>
      <FormProvider {...form}>
        <form
          noValidate
          onSubmit={(event) => {
            form.clearErrors();
            return submit(event);
          }}
        >
          <fieldset disabled={!canWrite} className="grid min-w-0 grid-cols-1 gap-5 px-5 py-5">
            <legend className="sr-only">Connection</legend>
            <FormField label="Name" error={errors.name?.message}>
              <Input maxLength={60} {...form.register("name", { required: "Give it a name." })} />
            </FormField>
            {server.program ? (
              <p className="text-muted-foreground text-sm">
                The program <span className="font-mono text-xs">{server.program}</span> of whoever
                runs this installation.
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
            {problem ? (
              <Notice variant="destructive" role="alert">
                {problem}
              </Notice>
            ) : null}
            {canWrite ? (
              <Button
                type="submit"
                variant="outline"
                className="justify-self-start"
                loading={isSubmitting}
                disabled={!isDirty}
              >
                Save
              </Button>
            ) : null}
          </fieldset>
        </form>
      </FormProvider>
    </Card>
  );
}

/** A program has no address and no credentials to change. */
function changesOf(server: McpServer, values: ServerValues) {
  const { name, timeout_seconds, ...connection } = inputOf(values);
  return server.program ? { name, timeout_seconds } : { name, timeout_seconds, ...connection };
}
