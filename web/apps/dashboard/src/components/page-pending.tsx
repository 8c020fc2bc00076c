import { Skeleton } from "@medea/ui";
import { Page } from "./page";

/** Shown while a page's code or first data is on its way. */
export function PagePending() {
  return (
    <Page>
      <div aria-busy="true">
        <span className="sr-only">Loading</span>
        <Skeleton className="h-8 w-48" />
        <Skeleton className="mt-3 h-4 w-72 max-w-full" />
        <div className="mt-8 grid gap-3">
          <Skeleton className="h-24 w-full" />
          <Skeleton className="h-24 w-full" />
          <Skeleton className="h-24 w-full" />
        </div>
      </div>
    </Page>
  );
}
