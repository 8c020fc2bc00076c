import type { Conversation, StoredEvent } from "@medea/api";
import { Button, CodeBlock, cn, Skeleton } from "@medea/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronRightIcon } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { formatDate, formatMilliseconds, formatMoment } from "@/lib/format";
import { type EventTone, readEvent } from "./event-sentence";
import { eventsQuery } from "./queries";

/** Everything that ever happened to a conversation, in the order in which it was recorded. */
export function EventTimeline({ conversation }: { conversation: Conversation }) {
  const events = useInfiniteQuery({
    ...eventsQuery(conversation.id),
    refetchInterval: conversation.active_turn_id ? 2000 : 6000,
  });
  if (events.isPending) return <TimelineSkeleton />;
  if (events.isLoadingError) {
    return (
      <LoadFailure error={events.error} what="the events" onRetry={() => void events.refetch()} />
    );
  }
  const list = events.data.pages.flatMap((page) => page.data);
  return (
    <div className="grid grid-cols-1 gap-4">
      <p className="text-muted-foreground text-sm">
        The conversation is this list: every reply and every rating can be rebuilt from it.
      </p>
      <ol className="relative before:absolute before:top-3 before:bottom-3 before:left-[5px] before:w-px before:bg-border">
        {list.map((event, index) => (
          <EventRow key={event.version} event={event} before={list[index - 1]} />
        ))}
      </ol>
      {events.hasNextPage ? (
        <Button
          variant="outline"
          size="sm"
          className="w-fit"
          loading={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          Show later events
        </Button>
      ) : null}
    </div>
  );
}

const dots: Record<EventTone, string> = {
  plain: "bg-muted-foreground",
  good: "bg-success",
  bad: "bg-destructive",
  warn: "bg-warning",
};

function EventRow({ event, before }: { event: StoredEvent; before: StoredEvent | undefined }) {
  const { sentence, tone } = readEvent(event);
  const since = before ? Date.parse(event.at) - Date.parse(before.at) : null;
  const day = formatDate(event.at);
  const isNewDay = before !== undefined && formatDate(before.at) !== day;
  return (
    <li className="relative pl-7">
      {isNewDay ? (
        <p className="-ml-7 w-fit bg-background py-2 pr-2 font-medium text-muted-foreground text-xs">
          {day}
        </p>
      ) : null}
      <span
        aria-hidden="true"
        className={cn(
          "absolute left-0 size-[11px] rounded-full border-2 border-background",
          isNewDay ? "top-[3.25rem]" : "top-[1.05rem]",
          dots[tone],
        )}
      />
      <details className="group">
        <summary className="focus-mark -ml-2 grid list-none grid-cols-[minmax(0,1fr)_auto] gap-x-4 rounded-md px-2 py-2 hover:bg-muted/60 [&::-webkit-details-marker]:hidden">
          <span className="min-w-0 break-words">{sentence}</span>
          <time
            dateTime={event.at}
            title={formatMoment(event.at)}
            className="whitespace-nowrap pt-px text-muted-foreground text-xs tabular-nums"
          >
            {clock.format(new Date(event.at))}
          </time>
          <span className="col-span-2 flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
            <ChevronRightIcon
              aria-hidden="true"
              className="size-3.5 transition-transform group-open:rotate-90"
            />
            <span className="tabular-nums">Version {event.version}</span>
            <span aria-hidden="true">·</span>
            <code className="font-mono text-2xs">{event.name}</code>
            {since === null || since < 1 ? null : (
              <>
                <span aria-hidden="true">·</span>
                <span className="tabular-nums">{elapsed(since)} later</span>
              </>
            )}
          </span>
        </summary>
        <CodeBlock
          code={JSON.stringify(whole(event), null, 2)}
          language="json"
          label={`event ${event.version}`}
          wrap
          className="mt-1 mb-3"
        />
      </details>
    </li>
  );
}

const clock = new Intl.DateTimeFormat(navigator.language, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

function elapsed(milliseconds: number): string {
  if (milliseconds < 60_000) return formatMilliseconds(milliseconds);
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

function whole({ position, schema, data, metadata, at }: StoredEvent) {
  return { at, position, schema, data, metadata };
}

function TimelineSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-4" role="status" aria-label="Loading events">
      {["a", "b", "c", "d"].map((row) => (
        <div key={row} className="flex gap-4">
          <Skeleton className="mt-1 size-3 rounded-full" />
          <div className="grid flex-1 gap-2">
            <Skeleton className="h-4 w-3/5" />
            <Skeleton className="h-3.5 w-40" />
          </div>
          <Skeleton className="h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
