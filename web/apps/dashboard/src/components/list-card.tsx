import { Card, CardDescription, CardHeader, CardTitle, EmptyState, Skeleton } from "@medea/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import type { LucideIcon } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { LoadFailure } from "./load-failure";

export interface ListCardProps<T> {
  /** A place to link to. */
  id?: string;
  title: string;
  description: ReactNode;
  list: UseQueryResult<T[]>;
  /** What is listed: "the secrets". */
  what: string;
  /** A row, an `li`. */
  children: (row: T) => ReactNode;
  empty: { icon: LucideIcon; title: string; description: ReactNode };
  /** The way to another row: beside the title, and in the middle of an empty list. */
  action: ReactNode;
}

/** A short list in a card: what it is, its rows and the way to one more. */
export function ListCard<T extends { id: string }>(props: ListCardProps<T>) {
  const { id, title, description, list, what, children, empty, action } = props;
  return (
    <Card className="overflow-hidden" id={id}>
      <CardHeader className="flex flex-wrap items-start justify-between gap-y-3 pb-4">
        <div className="grid min-w-0 flex-1 basis-56 gap-1">
          <CardTitle>{title}</CardTitle>
          <CardDescription>{description}</CardDescription>
        </div>
        {list.data?.length ? action : null}
      </CardHeader>
      {list.isPending ? (
        <div className="grid gap-3 px-5 pb-5" role="status" aria-label={`Loading ${what}`}>
          <Skeleton className="h-9" />
        </div>
      ) : !list.data ? (
        <div className="px-5 pb-5">
          <LoadFailure error={list.error} what={what} onRetry={() => void list.refetch()} />
        </div>
      ) : list.data.length === 0 ? (
        <div className="px-5 pb-5">
          <EmptyState {...empty} action={action} className="py-8" />
        </div>
      ) : (
        <ul className="divide-y border-t" aria-label={title}>
          {list.data.map((row) => (
            <Fragment key={row.id}>{children(row)}</Fragment>
          ))}
        </ul>
      )}
    </Card>
  );
}
