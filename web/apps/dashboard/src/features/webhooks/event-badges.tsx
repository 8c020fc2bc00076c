import { Badge } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { eventTypesQuery } from "./queries";

interface EventBadgesProps {
  events: string[];
  /** How many are named; the others are counted. */
  most?: number;
}

/** Which events a webhook is sent. */
export function EventBadges({ events, most = events.length }: EventBadgesProps) {
  const types = useQuery(eventTypesQuery).data;
  const isAll = types !== undefined && events.length === types.length && events.length > most;
  // One that would be counted alone is named as well.
  const named = isAll ? [] : events.length <= most + 1 ? events : events.slice(0, most);
  const others = events.length - named.length;
  return (
    <ul className="flex flex-wrap gap-1" aria-label="Events">
      {named.map((event) => (
        <li key={event}>
          <Badge variant="outline" className="font-mono">
            {event}
          </Badge>
        </li>
      ))}
      {others > 0 ? (
        <li title={events.slice(named.length).join(", ")}>
          <Badge variant="outline">{isAll ? `All ${others} events` : `${others} more`}</Badge>
        </li>
      ) : null}
    </ul>
  );
}
