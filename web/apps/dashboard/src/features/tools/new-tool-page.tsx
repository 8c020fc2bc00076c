import { Button, PageHeader } from "@medea/ui";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { ToolForm } from "./form/tool-form";
import { UnsavedGuard } from "./form/unsaved-guard";
import { inputOf, startOf, type ToolValues } from "./form/values";
import { useCreateTool } from "./queries";
import { SigningSecretDialog } from "./signing-secret-dialog";
import { ToolsLink } from "./tools-link";

/** A tool that is to be; ends with the one showing of what its requests are signed with. */
export function NewToolPage() {
  usePageTitle("New tool", "Tools");
  const canWrite = useCan("tools:write");
  const navigate = useNavigate();
  const create = useCreateTool();
  const form = useForm<ToolValues>({ defaultValues: startOf(null) });
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  return (
    <Page className="max-w-3xl">
      <PageHeader
        eyebrow={<ToolsLink />}
        title="New tool"
        description="A request to your server that agents may make. You can try it out once it is saved."
      />
      <div className="mt-6">
        {canWrite ? null : <ReadOnlyNotice what="the tools" className="mb-6" />}
        <ToolForm
          form={form}
          canWrite={canWrite}
          submitLabel="Create tool"
          onSave={async (values) => {
            const { id, signing_secret } = await create.mutateAsync(inputOf(values));
            setMade({ id, secret: signing_secret });
          }}
          aside={
            <Button asChild variant="outline">
              <Link to="/dashboard/tools">Cancel</Link>
            </Button>
          }
        />
      </div>
      <UnsavedGuard isDirty={form.formState.isDirty && made === null} />
      <SigningSecretDialog
        secret={made?.secret ?? null}
        onDone={() => {
          if (made) void navigate({ to: "/dashboard/tools/$toolId", params: { toolId: made.id } });
        }}
      />
    </Page>
  );
}
