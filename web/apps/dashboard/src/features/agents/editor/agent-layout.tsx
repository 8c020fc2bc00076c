import { Button, Sheet, SheetContent, SheetDescription, SheetTitle } from "@medea/ui";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useMatchRoute } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { useEffect, useState } from "react";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { Playground, PlaygroundProvider } from "@/features/playground";
import { usePageTitle } from "@/lib/page-title";
import { useMe } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";
import { useIsWide } from "@/lib/use-is-wide";
import { WidgetPreview } from "../appearance/widget-preview";
import { agentQuery } from "../queries";
import { rememberAgent } from "../recent-agents";
import { AgentHeader } from "./agent-header";
import { AgentTabs } from "./agent-tabs";
import { DraftProvider, useDraft } from "./draft-context";
import { LeaveGuard } from "./leave-guard";

/** The editor of one agent: header and tabs, the open tab, and something to try it with beside. */
export function AgentLayout({ agentId }: { agentId: string }) {
  const { data: agent } = useSuspenseQuery(agentQuery(agentId));
  const { tenant } = useMe();
  useEffect(() => rememberAgent(tenant.id, agent.id), [tenant.id, agent.id]);
  return (
    <DraftProvider key={agent.id} agent={agent}>
      <Editor />
    </DraftProvider>
  );
}

function Editor() {
  const { agent, flush, canWrite } = useDraft();
  const matchRoute = useMatchRoute();
  const params = { agentId: agent.id };
  const isAppearance = Boolean(matchRoute({ to: "/dashboard/agents/$agentId/appearance", params }));
  const isWide = useIsWide();
  const [isTesting, setTesting] = useState(false);
  usePageTitle(agent.name, "Agents");

  const [actions] = useState(() => ({ "mod+s": () => void flush() }));
  useShortcuts(actions);

  return (
    <PlaygroundProvider agentId={agent.id} beforeSend={flush}>
      <LeaveGuard />
      <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_25.5rem] 2xl:grid-cols-[minmax(0,1fr)_32rem]">
        <div className="min-w-0">
          <AgentHeader>
            {canWrite || isAppearance ? (
              <Button variant="outline" className="xl:hidden" onClick={() => setTesting(true)}>
                <FlaskConical />
                {isAppearance ? "Preview" : "Test"}
              </Button>
            ) : null}
          </AgentHeader>
          <AgentTabs />
          <div className="mx-auto w-full max-w-4xl px-4 py-6 sm:px-8 sm:py-8">
            {canWrite ? null : <ReadOnlyNotice what="agents" className="mb-6" />}
            <Outlet />
          </div>
        </div>
        {isWide ? (
          <aside
            aria-label={isAppearance ? "Preview" : "Playground"}
            className="sticky top-0 h-dvh border-l bg-card"
          >
            {isAppearance ? <WidgetPreview /> : <Playground />}
          </aside>
        ) : (
          <Sheet open={isTesting} onOpenChange={setTesting}>
            <SheetContent className="w-full max-w-md gap-0 p-0 sm:w-[28rem]">
              <SheetTitle className="sr-only">{isAppearance ? "Preview" : "Playground"}</SheetTitle>
              <SheetDescription className="sr-only">Try the draft of {agent.name}</SheetDescription>
              {isAppearance ? <WidgetPreview /> : <Playground />}
            </SheetContent>
          </Sheet>
        )}
      </div>
    </PlaygroundProvider>
  );
}
