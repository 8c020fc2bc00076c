import { tabClassName, tabListClassName } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { unansweredQuery } from "./queries";

/** The two sides of knowledge: what there is, and what was asked for in vain. */
export function KnowledgeViews() {
  const unanswered = useQuery(unansweredQuery);
  const count = unanswered.data?.length ?? 0;
  return (
    <nav aria-label="Views" className={`mt-4 ${tabListClassName}`}>
      <Link
        to="/dashboard/knowledge"
        className={tabClassName}
        activeOptions={{ exact: true, includeSearch: false }}
      >
        Knowledge bases
      </Link>
      <Link to="/dashboard/knowledge/unanswered" className={tabClassName}>
        Unanswered questions
        {count > 0 ? (
          <span className="rounded bg-muted px-1 text-2xs text-muted-foreground tabular-nums">
            {count}
          </span>
        ) : null}
      </Link>
    </nav>
  );
}
