import { ApiError, messageOf } from "@medea/api";
import {
  Button,
  Card,
  CardDescription,
  CardHeader,
  CardTitle,
  FormField,
  Skeleton,
  Textarea,
  toast,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { toolSettingsQuery, useSaveSites } from "../queries";

/** Which sites the built-in tool that reads pages may read. */
export function SitesSection({ canWrite }: { canWrite: boolean }) {
  const settings = useQuery(toolSettingsQuery);
  return (
    <Card id="sites" className="scroll-mt-6 pb-5">
      <CardHeader className="pb-4">
        <CardTitle>Sites that agents may read</CardTitle>
        <CardDescription>
          The built-in tool “Read a web page” opens pages of these sites, and of no others.
        </CardDescription>
      </CardHeader>
      <div className="px-5">
        {settings.isPending ? (
          <Skeleton className="h-20" />
        ) : settings.isLoadingError ? (
          <LoadFailure
            error={settings.error}
            what="the sites"
            onRetry={() => void settings.refetch()}
          />
        ) : (
          <SitesForm
            key={settings.data.fetch_hosts.join()}
            sites={settings.data.fetch_hosts}
            canWrite={canWrite}
          />
        )}
      </div>
    </Card>
  );
}

function SitesForm({ sites, canWrite }: { sites: string[]; canWrite: boolean }) {
  const stored = sites.join("\n");
  const [typed, setTyped] = useState(stored);
  const save = useSaveSites();
  const problem = save.error instanceof ApiError ? save.error.fields.fetch_hosts : undefined;

  async function submit(event: FormEvent) {
    event.preventDefault();
    const wanted = typed.split(/[\s,]+/).filter(Boolean);
    try {
      const { fetch_hosts: kept } = await save.mutateAsync(wanted);
      setTyped(kept.join("\n"));
      toast.success("The sites were saved");
    } catch {
      // Shown at the field.
    }
  }

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <FormField
        label="Sites, one per line"
        hint="*.example.com stands for all sites under it. Empty: no page is read."
        error={save.isError ? (problem ?? messageOf(save.error)) : undefined}
      >
        <Textarea
          rows={3}
          className="font-mono text-xs"
          placeholder={"docs.example.com\n*.example.org"}
          spellCheck={false}
          readOnly={!canWrite}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            if (save.isError) save.reset();
          }}
        />
      </FormField>
      {canWrite ? (
        <Button
          type="submit"
          size="sm"
          className="justify-self-start"
          loading={save.isPending}
          disabled={typed === stored}
        >
          Save sites
        </Button>
      ) : null}
    </form>
  );
}
