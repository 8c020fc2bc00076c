import { PageHeader } from "@medea/ui";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { usePageTitle } from "@/lib/page-title";
import { useMe } from "@/lib/session";
import { AgentsCard } from "./agents-card";
import { QuickActions } from "./quick-actions";
import { RecentConversations } from "./recent-conversations";
import { SetUpCard, SetUpSkeleton } from "./set-up-card";
import { useSetUp } from "./use-set-up";

function greetingAt(hour: number): string {
  if (hour < 5) return "Still up";
  if (hour < 12) return "Good morning";
  return hour < 18 ? "Good afternoon" : "Good evening";
}

export function HomePage() {
  usePageTitle("Home");
  const { user, tenant } = useMe();
  const { facts, error, retry } = useSetUp();
  const firstName = user.name.split(" ")[0];
  return (
    <Page>
      <PageHeader
        title={`${greetingAt(new Date().getHours())}, ${firstName}`}
        description={`What is going on in ${tenant.name}.`}
      />
      <div className="mt-7 grid grid-cols-1 gap-6">
        {error ? (
          <LoadFailure error={error} what="the state of your workspace" onRetry={retry} />
        ) : facts ? (
          <SetUpCard facts={facts} />
        ) : (
          <SetUpSkeleton />
        )}
        <QuickActions agent={facts?.agents[0] ?? null} />
        <div className="grid grid-cols-1 items-start gap-6 lg:has-[>:nth-child(2)]:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
          <RecentConversations />
          <AgentsCard />
        </div>
      </div>
    </Page>
  );
}
