import type { Tool } from "@medea/api";
import { Badge, Button, ConfirmDialog, PageHeader, toast } from "@medea/ui";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { ToolForm } from "./form/tool-form";
import { UnsavedGuard } from "./form/unsaved-guard";
import { hostOf, inputOf, startOf, type ToolValues } from "./form/values";
import { toolQuery, useDeleteTool, useUpdateTool } from "./queries";
import { SigningCard } from "./signing-card";
import { ToolsLink } from "./tools-link";
import { TrialPanel } from "./trial/trial-panel";
import { useToolAgents } from "./use-tool-agents";

/** One tool: what it is, and what happens when it is used. */
export function ToolPage({ toolId }: { toolId: string }) {
  const { data: tool } = useSuspenseQuery(toolQuery(toolId));
  const canWrite = useCan("tools:write");
  const update = useUpdateTool(toolId);
  const form = useForm<ToolValues>({ defaultValues: startOf(tool) });
  const { isDirty } = form.formState;
  const [isLeaving, setLeaving] = useState(false);
  usePageTitle(tool.name, "Tools");
  return (
    <Page className="max-w-7xl">
      <PageHeader
        eyebrow={<ToolsLink />}
        title={<span className="break-all font-mono text-lg">{tool.name}</span>}
        meta={
          <Badge variant="outline" className="font-mono">
            {tool.method} {hostOf(tool.url)}
          </Badge>
        }
        actions={
          canWrite ? (
            <Button variant="outline" className="text-destructive" onClick={() => setLeaving(true)}>
              <Trash2 />
              Delete
            </Button>
          ) : null
        }
      />
      <div className="mt-6">
        {canWrite ? null : <ReadOnlyNotice what="the tools" className="mb-6" />}
        <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
          <ToolForm
            form={form}
            canWrite={canWrite}
            submitLabel="Save"
            onSave={async (values) => {
              form.reset(startOf(await update.mutateAsync(inputOf(values))));
              toast.success("Saved. Agents use it so from their next call on.");
            }}
            aside={isDirty ? <p className="text-muted-foreground text-xs">Not saved yet.</p> : null}
          />
          <div className="grid grid-cols-1 gap-6">
            <TrialPanel tool={tool} canWrite={canWrite} isDirty={isDirty} />
            {canWrite ? <SigningCard toolId={toolId} /> : null}
          </div>
        </div>
      </div>
      <UnsavedGuard isDirty={isDirty && !isLeaving} />
      <DeleteTool tool={tool} open={isLeaving} onOpenChange={setLeaving} />
    </Page>
  );
}

interface DeleteToolProps {
  tool: Tool;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

function DeleteTool({ tool, open, onOpenChange }: DeleteToolProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useDeleteTool();
  const agents = useToolAgents()(tool.id);
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${tool.name}?`}
      description={
        agents.length === 0
          ? "No agent uses it. This cannot be undone."
          : `${agents.join(", ")} ${agents.length === 1 ? "goes" : "go"} on without it. This cannot be undone.`
      }
      confirmLabel="Delete tool"
      onConfirm={async () => {
        await remove.mutateAsync(tool.id);
        toast.success(`${tool.name} was deleted`);
        await navigate({ to: "/dashboard/tools", replace: true, ignoreBlocker: true });
        client.removeQueries({ queryKey: toolQuery(tool.id).queryKey });
      }}
    />
  );
}
