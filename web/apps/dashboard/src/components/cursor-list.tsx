import { Button, Card, Notice, Skeleton } from "@medea/ui";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import { LoadFailure } from "./load-failure";
import { LoadMore } from "./load-more";

/** A list that comes page by page, each naming the next. */
export type CursorQuery<T> = UseInfiniteQueryResult<InfiniteData<{ data: T[] }>>;

/** What has come so far. */
export const rowsOf = <T,>(list: CursorQuery<T>): T[] =>
  list.data?.pages.flatMap((page) => page.data) ?? [];

export interface CursorListProps<T> {
  list: CursorQuery<T>;
  /** What is listed: "the jobs". */
  what: string;
  /** Name of the list for who hears it: "Jobs". */
  label: string;
  /** What is shown of it; everything, where it is not said. */
  rows?: T[];
  /** A row, an `li`. */
  children: (row: T) => ReactNode;
  /** In place of a list without rows. */
  empty: ReactNode;
  skeleton?: ReactNode;
  /** Over the frame, such as column heads. */
  head?: ReactNode;
  /** In the frame, over the rows. */
  bar?: ReactNode;
  /** Says under a list that is all there how much it is. */
  count?: (rows: number) => string;
  /** Whether the next page comes by scrolling; where something stands below the list, it must not. */
  isEndless?: boolean;
}

/** The frame of a list that comes page by page: waiting, failed, empty, its rows and the way to more. */
export function CursorList<T extends { id: string }>(props: CursorListProps<T>) {
  const {
    list,
    rows = rowsOf(list),
    what,
    label,
    children,
    empty,
    skeleton,
    head,
    bar,
    count,
    isEndless,
  } = props;
  const retry = () => void list.refetch();
  if (list.isPending) return skeleton ?? <RowSkeleton what={what} />;
  // What has come stays to be read when the server goes away after it.
  if (!list.data) return <LoadFailure error={list.error} what={what} onRetry={retry} />;
  if (rows.length === 0 && !list.hasNextPage) return empty;
  const more = () => {
    if (!list.isFetching) void list.fetchNextPage();
  };
  return (
    <div
      className={list.isPlaceholderData ? "opacity-60 transition-opacity" : "transition-opacity"}
    >
      {head}
      <Card className="overflow-hidden">
        {bar}
        <ul className="divide-y" aria-label={label}>
          {rows.map((row) => (
            <Fragment key={row.id}>{children(row)}</Fragment>
          ))}
        </ul>
      </Card>
      {list.isError ? (
        <Stale what={what} onRetry={list.isFetchNextPageError ? more : retry} />
      ) : list.hasNextPage && isEndless ? (
        <LoadMore isLoading={list.isFetchingNextPage} onLoad={more} />
      ) : list.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button variant="outline" size="sm" loading={list.isFetchingNextPage} onClick={more}>
            Load more
          </Button>
        </div>
      ) : count ? (
        <p className="mt-4 text-center text-muted-foreground text-xs">{count(rows.length)}</p>
      ) : null}
    </div>
  );
}

function Stale({ what, onRetry }: { what: string; onRetry: () => void }) {
  return (
    <Notice
      variant="warning"
      role="alert"
      className="mt-4"
      action={
        <Button variant="outline" size="sm" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      The server did not answer: {what} above may be older or not complete.
    </Notice>
  );
}

const ROWS = ["a", "b", "c", "d", "e", "f"];

/** Rows that are on their way, two lines each. */
export function RowSkeleton({ what, rows = 4 }: { what: string; rows?: number }) {
  return (
    <Card className="divide-y" role="status" aria-label={`Loading ${what}`}>
      {ROWS.slice(0, rows).map((row) => (
        <div key={row} className="flex items-center gap-6 px-4 py-3">
          <div className="grid flex-1 gap-2 py-0.5">
            <Skeleton className="h-4 w-1/3" />
            <Skeleton className="h-3.5 w-2/3" />
          </div>
          <Skeleton className="h-4 w-20" />
        </div>
      ))}
    </Card>
  );
}
