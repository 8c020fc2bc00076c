import { Badge, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { comparisonQuery } from "./comparison-query";
import { fieldName } from "./describe-change";

/** Which fields a publication would change, as a row of badges. */
export function DraftChanges({ agentId, from }: { agentId: string; from: number }) {
  const comparison = useQuery(comparisonQuery(agentId, from, "draft"));
  if (comparison.isPending) return <Skeleton className="h-10" />;
  if (comparison.isLoadingError || comparison.data.changes.length === 0) return null;
  return (
    <div>
      <p className="mb-1.5 font-medium text-sm">Changed since version {from}</p>
      <ul className="flex flex-wrap gap-1.5">
        {comparison.data.changes.map((change) => (
          <li key={change.field}>
            <Badge variant="secondary">{fieldName(change.field)}</Badge>
          </li>
        ))}
      </ul>
    </div>
  );
}
