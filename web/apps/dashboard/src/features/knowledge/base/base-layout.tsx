import type { KnowledgeBase } from "@medea/api";
import { PageHeader, tabClassName, tabListClassName } from "@medea/ui";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { createContext, useContext } from "react";
import { BackLink } from "@/components/back-link";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { formatNumber } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { EmbeddingMark } from "../embedding-mark";
import { baseQuery } from "../queries";

const TABS = [
  { to: "/dashboard/knowledge/$baseId/documents", label: "Documents" },
  { to: "/dashboard/knowledge/$baseId/test", label: "Hit test" },
  { to: "/dashboard/knowledge/$baseId/sources", label: "Sources" },
  { to: "/dashboard/knowledge/$baseId/settings", label: "Settings" },
] as const;

const BaseContext = createContext<KnowledgeBase | null>(null);

/** The knowledge base whose page is open. */
export function useBase(): KnowledgeBase {
  const base = useContext(BaseContext);
  if (!base) throw new Error("useBase needs a BaseLayout");
  return base;
}

/** One knowledge base: what it is, and its tabs. */
export function BaseLayout({ baseId }: { baseId: string }) {
  const { data: base } = useSuspenseQuery(baseQuery(baseId));
  const canWrite = useCan("knowledge:write");
  usePageTitle(base.name, "Knowledge");
  return (
    <BaseContext value={base}>
      <Page>
        <PageHeader
          eyebrow={<KnowledgeLink />}
          title={base.name}
          meta={<EmbeddingMark base={base} />}
          description={base.description || undefined}
          actions={<Figures base={base} />}
        />
        <nav aria-label="Parts of the knowledge base" className={`mt-4 ${tabListClassName}`}>
          {TABS.map((tab) => (
            <Link
              key={tab.to}
              to={tab.to}
              params={{ baseId }}
              className={tabClassName}
              activeOptions={{ includeSearch: false }}
              activeProps={{ "aria-current": "page" }}
            >
              {tab.label}
            </Link>
          ))}
        </nav>
        <div className="mt-6">
          {canWrite ? null : <ReadOnlyNotice what="knowledge" className="mb-6" />}
          <Outlet />
        </div>
      </Page>
    </BaseContext>
  );
}

export function KnowledgeLink() {
  return <BackLink to="/dashboard/knowledge">Knowledge</BackLink>;
}

function Figures({ base }: { base: KnowledgeBase }) {
  const figures = [
    ["Documents", formatNumber(base.document_count)],
    ["Chunks", formatNumber(base.chunk_count)],
    ["Storage", formatBytes(base.storage_bytes)],
  ];
  return (
    <dl className="flex gap-6 sm:text-right">
      {figures.map(([label, value]) => (
        <div key={label} className="grid">
          <dt className="text-muted-foreground text-xs">{label}</dt>
          <dd className="font-medium tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
