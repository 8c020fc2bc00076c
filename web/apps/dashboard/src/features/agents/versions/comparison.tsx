import { messageOf } from "@medea/api";
import {
  EmptyState,
  ErrorState,
  SegmentedList,
  SegmentedTrigger,
  Skeleton,
  Tabs,
  TabsContent,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Equal } from "lucide-react";
import { useState } from "react";
import { ChangeView, type DiffLayout } from "./change-view";
import { refName, type VersionRef } from "./compare-search";
import { comparisonQuery } from "./comparison-query";

interface ComparisonProps {
  agentId: string;
  from: VersionRef;
  to: VersionRef;
}

export function Comparison({ agentId, from, to }: ComparisonProps) {
  const [layout, setLayout] = useState<DiffLayout>("inline");
  const comparison = useQuery(comparisonQuery(agentId, from, to));
  return (
    <Tabs asChild value={layout} onValueChange={(value) => setLayout(value as DiffLayout)}>
      <section aria-label={`Changes from ${refName(from)} to ${refName(to)}`}>
        <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
          <h2 className="font-semibold text-base first-letter:uppercase">
            {refName(from)} <span aria-hidden="true">→</span>
            <span className="sr-only">to</span> {refName(to)}
          </h2>
          <SegmentedList aria-label="Layout of the changes">
            <SegmentedTrigger value="inline">Inline</SegmentedTrigger>
            <SegmentedTrigger value="side">Side by side</SegmentedTrigger>
          </SegmentedList>
        </div>
        <TabsContent value={layout}>
          {comparison.isPending ? (
            <div aria-busy="true" className="grid grid-cols-1 gap-3">
              <Skeleton className="h-40" />
              <Skeleton className="h-16" />
            </div>
          ) : comparison.isLoadingError ? (
            <ErrorState
              title="The versions could not be compared"
              description={messageOf(comparison.error)}
              onRetry={() => void comparison.refetch()}
            />
          ) : comparison.data.changes.length === 0 ? (
            <EmptyState icon={Equal} title="No difference" description="Both are the same." />
          ) : (
            <div className="grid grid-cols-1 gap-3">
              {comparison.data.changes.map((change) => (
                <ChangeView key={change.field} change={change} layout={layout} />
              ))}
            </div>
          )}
        </TabsContent>
      </section>
    </Tabs>
  );
}
