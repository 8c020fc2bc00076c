import { Button, EmptyState } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";

export interface NothingMatchesProps {
  /** What was looked for, in the singular: "lead". */
  what: string;
  /** The page without filters. */
  to: "/dashboard/conversations" | "/dashboard/leads";
}

/** In place of a list whose filters leave nothing. */
export function NothingMatches({ what, to }: NothingMatchesProps) {
  return (
    <EmptyState
      icon={SearchX}
      title="Nothing matches"
      description={`No ${what} fits these filters.`}
      action={
        <Button asChild variant="outline" size="sm">
          <Link to={to}>Clear filters</Link>
        </Button>
      }
    />
  );
}

/** The way from a list that agents fill. */
export function ToAgents() {
  return (
    <Button asChild size="sm">
      <Link to="/dashboard/agents">Go to your agents</Link>
    </Button>
  );
}
