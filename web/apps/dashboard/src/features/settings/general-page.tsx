import type { TenantDetail } from "@medea/api";
import { Button, CopyButton, FormField, Input, Notice, Skeleton, toast } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { LoadFailure } from "@/components/load-failure";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { showProblems } from "@/lib/form-problems";
import { formatDate } from "@/lib/format";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { tenantQuery, useRenameTenant } from "./queries";
import { Section } from "./section";

export function GeneralPage() {
  usePageTitle("General", "Settings");
  const canWrite = useCan("tenancy:write");
  const tenant = useQuery(tenantQuery);
  if (tenant.isPending) return <Skeleton className="h-64 rounded-xl" />;
  if (tenant.isLoadingError) {
    return (
      <LoadFailure
        error={tenant.error}
        what="the workspace"
        onRetry={() => void tenant.refetch()}
      />
    );
  }
  return (
    <div>
      {canWrite ? null : <ReadOnlyNotice what="these settings" className="mb-6" />}
      <div className="grid grid-cols-1 gap-6">
        <NameForm key={tenant.data.name} tenant={tenant.data} canWrite={canWrite} />
        <Section title="Identifiers" description="For support and for the API.">
          <dl className="grid grid-cols-1 items-center gap-x-3 gap-y-1 text-sm sm:grid-cols-[9rem_1fr] sm:gap-y-2.5">
            <Fact label="Workspace id" value={tenant.data.id} />
            <Fact label="Short name" value={tenant.data.slug} />
            <dt className="text-muted-foreground">Created</dt>
            <dd>{formatDate(tenant.data.created_at)}</dd>
          </dl>
        </Section>
      </div>
    </div>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt className="text-muted-foreground">{label}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code className="min-w-0 break-all font-mono text-xs">{value}</code>
        <CopyButton value={value} label={`Copy ${label.toLowerCase()}`} />
      </dd>
    </>
  );
}

function NameForm({ tenant, canWrite }: { tenant: TenantDetail; canWrite: boolean }) {
  const rename = useRenameTenant();
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({ defaultValues: { name: tenant.name } });
  const submit = form.handleSubmit(async ({ name }) => {
    setProblem(null);
    try {
      await rename.mutateAsync(name.trim());
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success("Name saved");
  });
  return (
    <form onSubmit={submit} noValidate>
      <Section
        title="Workspace"
        description="What your colleagues see in the menu and in invitations."
        footer={
          canWrite ? (
            <Button type="submit" loading={rename.isPending} disabled={!form.formState.isDirty}>
              Save
            </Button>
          ) : null
        }
      >
        <div className="grid grid-cols-1 gap-4">
          {problem ? (
            <Notice variant="destructive" role="alert">
              {problem}
            </Notice>
          ) : null}
          <FormField label="Name" error={form.formState.errors.name?.message} className="max-w-md">
            <Input
              readOnly={!canWrite}
              autoComplete="organization"
              {...form.register("name", {
                validate: (value) => value.trim() !== "" || "A workspace needs a name.",
              })}
            />
          </FormField>
        </div>
      </Section>
    </form>
  );
}
