import { Badge } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { useCan } from "@/lib/session";
import { heldCountQuery } from "./queries";

/** How many answers wait to be looked at; nothing, where none does. */
export function HeldCount() {
  return useCan("conversations:review") ? <Count /> : null;
}

function Count() {
  const { data = 0 } = useQuery(heldCountQuery);
  if (data === 0) return null;
  return (
    <Badge variant="warning" className="ml-auto tabular-nums">
      {data}
      <span className="sr-only">{data === 1 ? " answer waits" : " answers wait"} for approval</span>
    </Badge>
  );
}
