import { messageOf } from "@medea/api";
import { Button, ConfirmDialog, Notice, PageHeader, RelativeTime, Switch, toast } from "@medea/ui";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { ToolsLink } from "../tools-link";
import { serverQuery, useRefreshServer, useRemoveServer, useUpdateServer } from "./queries";
import { ReconnectCard } from "./reconnect-card";
import { ServerForm } from "./server-form";
import { ServerTools } from "./server-tools";
import { StateBadge } from "./state-badge";

/** One connected server: how it is, what it offers, how it is connected. */
export function ServerPage({ serverId }: { serverId: string }) {
  const { data: server } = useSuspenseQuery(serverQuery(serverId));
  const canWrite = useCan("tools:write");
  const navigate = useNavigate();
  const refresh = useRefreshServer(serverId);
  const update = useUpdateServer(serverId);
  const remove = useRemoveServer(serverId);
  const [isLeaving, setLeaving] = useState(false);
  usePageTitle(server.name, "Tools");

  return (
    <Page className="max-w-7xl">
      <PageHeader
        eyebrow={<ToolsLink />}
        title={server.name}
        meta={<StateBadge server={server} />}
        description={
          <>
            {server.server || server.url || server.program}
            {server.listed_at ? (
              <>
                {" "}
                · asked <RelativeTime at={server.listed_at} />
              </>
            ) : null}
          </>
        }
        actions={
          canWrite ? (
            <>
              <Button
                variant="outline"
                loading={refresh.isPending}
                disabled={!server.is_enabled}
                onClick={() =>
                  refresh.mutate(undefined, {
                    onSuccess: ({ state, error }) =>
                      state === "ready"
                        ? toast.success("The server answers")
                        : toast.error(error ?? "The server does not answer"),
                    onError: (error) => toast.error(messageOf(error)),
                  })
                }
              >
                <RefreshCw />
                Check now
              </Button>
              <Button
                variant="outline"
                className="text-destructive"
                onClick={() => setLeaving(true)}
              >
                <Trash2 />
                Delete
              </Button>
            </>
          ) : null
        }
      />
      <div className="mt-6 grid grid-cols-1 gap-6">
        {canWrite ? null : <ReadOnlyNotice what="the MCP servers" className="mb-6" />}
        {server.auth === "oauth" && server.state !== "ready" && server.is_enabled ? (
          <ReconnectCard server={server} canWrite={canWrite} />
        ) : server.error ? (
          <Notice variant="warning" title="Its tools do not work right now">
            {server.error} Agents go on without them.{" "}
            {server.state === "failing"
              ? "It is asked again by itself."
              : "Put the right key into the vault, or change the header, and check now."}
          </Notice>
        ) : null}
        {server.is_cut ? (
          <Notice variant="warning">
            The server offers more than 500 tools: the first 500 are shown. Ask its makers for an
            address with fewer.
          </Notice>
        ) : null}
        <div className="grid grid-cols-1 items-start gap-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
          <ServerTools server={server} canWrite={canWrite} />
          <div className="grid grid-cols-1 gap-6">
            <ServerForm server={server} canWrite={canWrite} />
            <div className="flex items-center gap-3 rounded-lg border px-4 py-3">
              <Switch
                id="is-enabled"
                checked={server.is_enabled}
                disabled={!canWrite || update.isPending}
                onCheckedChange={(is_enabled) =>
                  update.mutate(
                    { is_enabled },
                    { onError: (error) => toast.error(messageOf(error)) },
                  )
                }
              />
              <label htmlFor="is-enabled" className="text-sm">
                Agents may use this server
              </label>
            </div>
          </div>
        </div>
      </div>
      <ConfirmDialog
        open={isLeaving}
        onOpenChange={setLeaving}
        title={`Delete ${server.name}?`}
        description="Agents that use its tools go on without them. Its tokens are deleted, too. This cannot be undone."
        confirmLabel="Delete server"
        onConfirm={async () => {
          await remove.mutateAsync();
          toast.success(`${server.name} was deleted`);
          await navigate({ to: "/dashboard/tools", replace: true });
        }}
      />
    </Page>
  );
}
