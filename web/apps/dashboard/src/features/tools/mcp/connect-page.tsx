import { messageOf } from "@medea/api";
import { Button, Card, FormField, Input, Notice, PageHeader, toast } from "@medea/ui";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { showProblems } from "@/lib/form-problems";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { validUrl } from "../form/values";
import { ToolsLink } from "../tools-link";
import { AuthFields } from "./auth-fields";
import { useAuthorize, useConnect, useDetect } from "./queries";
import { inputOf, nameFor, type ServerValues, startOf } from "./values";

const FOUND = {
  none: "It answers without credentials.",
  headers: "It wants a key in a header.",
  oauth: "It wants somebody to log in and agree (OAuth).",
} as const;

/** Connecting a server: its address, then what it turned out to ask for. */
export function ConnectPage() {
  usePageTitle("Connect an MCP server", "Tools");
  const canWrite = useCan("tools:write");
  const navigate = useNavigate();
  const detect = useDetect();
  const connect = useConnect();
  const authorize = useAuthorize();
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<ServerValues>({ defaultValues: startOf(null) });
  const { errors, isSubmitting } = form.formState;
  const found = detect.data;
  const isAsked = found !== undefined;

  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      if (!isAsked) {
        const said = await detect.mutateAsync(values.url.trim());
        if (said.auth) form.setValue("auth", said.auth);
        form.setValue("name", nameFor(values.url.trim(), said));
        return;
      }
      const made = await connect.mutateAsync(inputOf(values));
      if (made.auth === "oauth") {
        await authorize.mutateAsync(made.id).catch((error) => toast.error(messageOf(error)));
      }
      await navigate({ to: "/dashboard/tools/mcp/$serverId", params: { serverId: made.id } });
    } catch (error) {
      setProblem(showProblems(form, error, { "tools.server_name_taken": "name" }));
    }
  });

  return (
    <Page className="max-w-3xl">
      <PageHeader
        eyebrow={<ToolsLink />}
        title="Connect an MCP server"
        description="Its tools become tools of your agents, once you switch them on."
      />
      <div className="mt-6">
        {canWrite ? null : <ReadOnlyNotice what="the MCP servers" className="mb-6" />}
        <FormProvider {...form}>
          <form
            noValidate
            onSubmit={(event) => {
              form.clearErrors();
              return submit(event);
            }}
          >
            <fieldset disabled={!canWrite} className="grid min-w-0 grid-cols-1 gap-6">
              <legend className="sr-only">The server</legend>
              <Card className="grid gap-5 p-5">
                <FormField
                  label="Address"
                  hint="As the server's documentation gives it, such as https://mcp.example.com/mcp."
                  error={errors.url?.message}
                >
                  <Input
                    type="url"
                    inputMode="url"
                    autoComplete="off"
                    autoFocus
                    readOnly={isAsked}
                    {...form.register("url", { validate: validUrl })}
                  />
                </FormField>
                <div aria-live="polite">
                  {found ? (
                    <Notice
                      variant={found.auth ? "success" : "warning"}
                      title={found.auth ? FOUND[found.auth] : "It could not be asked."}
                      action={
                        <Button variant="outline" size="xs" onClick={() => detect.reset()}>
                          Change
                        </Button>
                      }
                    >
                      {found.error ?? toolWords(found.tools)}
                    </Notice>
                  ) : null}
                </div>
              </Card>
              {isAsked ? (
                <Card className="grid gap-5 p-5">
                  <FormField
                    label="Name"
                    hint="Shown to you and your colleagues."
                    error={errors.name?.message}
                  >
                    <Input
                      maxLength={60}
                      {...form.register("name", { required: "Give it a name." })}
                    />
                  </FormField>
                  <AuthFields />
                </Card>
              ) : null}
              {problem ? (
                <Notice variant="destructive" role="alert">
                  {problem}
                </Notice>
              ) : null}
              <div className="flex flex-wrap gap-3">
                <Button type="submit" loading={isSubmitting}>
                  {isAsked
                    ? form.watch("auth") === "oauth"
                      ? "Connect and log in"
                      : "Connect"
                    : "Continue"}
                </Button>
                <Button asChild variant="outline">
                  <Link to="/dashboard/tools">Cancel</Link>
                </Button>
              </div>
            </fieldset>
          </form>
        </FormProvider>
      </div>
    </Page>
  );
}

function toolWords(tools: string[]): string | null {
  if (tools.length === 0) return null;
  const shown = tools.slice(0, 6).join(", ");
  const more = tools.length - 6;
  return `It offers ${tools.length === 1 ? "a tool" : `${tools.length} tools`}: ${shown}${more > 0 ? ` and ${more} more` : ""}.`;
}
