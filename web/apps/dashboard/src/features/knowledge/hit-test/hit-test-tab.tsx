import type { KnowledgeBase, SearchAnswer } from "@medea/api";
import { Button, Card, EmptyState, Input, Notice, Skeleton } from "@medea/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Crosshair, Search, SearchX } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { api } from "@/lib/api";
import { formatMilliseconds } from "@/lib/format";
import { knowledgeKey } from "../queries";
import { HitResult } from "./hit-result";
import { HitSettingsPanel } from "./hit-settings-panel";
import { bestScores } from "./scores";
import { type HitSettings, toSearch } from "./settings";

interface HitTestTabProps {
  base: KnowledgeBase;
  hit: HitSettings;
  onChange: (hit: HitSettings) => void;
}

/** Ask a question and see which passages would answer it, stage by stage. */
export function HitTestTab({ base, hit, onChange }: HitTestTabProps) {
  const [text, setText] = useState(hit.q ?? "");
  const tried = useSettled(hit);
  const search = useQuery({
    queryKey: [...knowledgeKey, "base", base.id, "search", tried],
    queryFn: () => api.knowledge.search(base.id, toSearch({ ...tried, q: tried.q ?? "" })),
    enabled: Boolean(tried.q),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    const q = text.trim();
    if (q === "") return;
    if (q === hit.q) void search.refetch();
    else onChange({ ...hit, q });
  }

  return (
    <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_15.5rem] lg:gap-8">
      <div className="grid min-w-0 grid-cols-1 content-start gap-5">
        <search>
          <form onSubmit={submit} className="flex gap-2">
            <div className="relative min-w-0 flex-1">
              <Search
                aria-hidden="true"
                className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted-foreground"
              />
              <Input
                type="search"
                value={text}
                onChange={(event) => setText(event.target.value)}
                aria-label="Question"
                placeholder="Ask what a visitor would ask"
                className="pl-9 [&::-webkit-search-cancel-button]:hidden"
              />
            </div>
            <Button type="submit" loading={search.isFetching}>
              Search
            </Button>
          </form>
        </search>
        {!hit.q ? (
          <EmptyState
            icon={Crosshair}
            title="See what would be found"
            description="The same search that your agents use, with the scores of each stage. Nothing is stored."
          />
        ) : search.isLoadingError ? (
          <LoadFailure
            error={search.error}
            what="the passages"
            onRetry={() => void search.refetch()}
          />
        ) : search.data ? (
          <Answer answer={search.data} isStale={search.isPlaceholderData} />
        ) : (
          <div className="grid grid-cols-1 gap-3" role="status" aria-label="Searching">
            {["a", "b", "c"].map((key) => (
              <Skeleton key={key} className="h-32" />
            ))}
          </div>
        )}
      </div>
      <aside aria-label="Settings of this trial" className="lg:border-l lg:pl-6">
        <h2 className="mb-4 font-semibold text-sm">Try other settings</h2>
        <HitSettingsPanel base={base} hit={hit} onChange={onChange} />
      </aside>
    </div>
  );
}

function Answer({ answer, isStale }: { answer: SearchAnswer; isStale: boolean }) {
  const { data, mode, notice, timings_ms } = answer;
  const best = bestScores(data);
  const total = timings_ms.total;
  return (
    <div className={isStale ? "grid gap-3 opacity-60" : "grid gap-3"}>
      {mode === "lexical" || notice ? (
        <Notice
          variant={notice ? "warning" : "info"}
          title={mode === "lexical" ? "Searched by words alone" : undefined}
        >
          {notice ?? "No vectors took part in this search."}
        </Notice>
      ) : null}
      <p role="status" className="text-muted-foreground text-xs tabular-nums">
        {data.length === 1 ? "1 passage" : `${data.length} passages`}
        {total === undefined ? "" : ` in ${formatMilliseconds(total)}`}
      </p>
      {data.length === 0 ? (
        <Card>
          <EmptyState
            bare
            icon={SearchX}
            title="Nothing found"
            description="No passage passes the threshold, or none holds a word of the question."
          />
        </Card>
      ) : (
        <ol className="grid grid-cols-1 gap-3">
          {data.map((hit, index) => (
            <HitResult key={hit.chunk_id} hit={hit} rank={index + 1} best={best} />
          ))}
        </ol>
      )}
    </div>
  );
}

/** The settings once nobody moves a slider any more. */
function useSettled(hit: HitSettings): HitSettings {
  const [settled, setSettled] = useState(hit);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(hit), 150);
    return () => clearTimeout(timer);
  }, [hit]);
  return settled.q === hit.q ? settled : hit;
}
