import type { SearchHit } from "@medea/api";
import { Card } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { ScoreBars } from "./score-bars";
import { formatScore } from "./scores";

interface HitResultProps {
  hit: SearchHit;
  rank: number;
  best: Record<string, number>;
}

/** One passage that was found, with the way it got its place. */
export function HitResult({ hit, rank, best }: HitResultProps) {
  const place = [hit.page ? `Page ${hit.page}` : "", hit.heading_path.join(" › ")].filter(Boolean);
  return (
    <li>
      <Card className="grid grid-cols-1 gap-x-6 gap-y-4 p-4 md:grid-cols-[minmax(0,1fr)_13.5rem]">
        <div className="grid min-w-0 grid-cols-1 content-start gap-2">
          <div className="flex items-baseline gap-2.5">
            <span className="font-mono text-muted-foreground text-xs tabular-nums">{rank}</span>
            <Link
              to="/dashboard/knowledge/documents/$documentId"
              params={{ documentId: hit.document_id }}
              search={{ chunk: hit.chunk_id, ...(hit.page ? { page: hit.page } : {}) }}
              dir="auto"
              className="focus-mark min-w-0 truncate rounded-sm font-medium underline-offset-4 hover:underline"
            >
              {hit.document_name}
            </Link>
          </div>
          {place.length > 0 ? (
            <p className="truncate text-muted-foreground text-xs">{place.join(" · ")}</p>
          ) : null}
          <Excerpt text={hit.text} />
        </div>
        <div className="grid content-start gap-3 md:border-l md:pl-5">
          <p className="flex items-baseline justify-between text-xs">
            <span className="text-muted-foreground">Score</span>
            <span className="font-mono font-semibold text-base tabular-nums">
              {formatScore(hit.score)}
            </span>
          </p>
          <ScoreBars scores={hit.scores} best={best} />
        </div>
      </Card>
    </li>
  );
}

/** A passage in a few lines; the whole on demand. */
function Excerpt({ text }: { text: string }) {
  if (text.length < 420) return <p className="whitespace-pre-wrap break-words text-sm">{text}</p>;
  return (
    <details className="group text-sm">
      <summary className="focus-mark list-none rounded-sm [&::-webkit-details-marker]:hidden">
        <span className="line-clamp-5 whitespace-pre-wrap break-words group-open:line-clamp-none">
          {text}
        </span>
        <span className="mt-1 block font-medium text-primary text-xs">
          <span className="group-open:hidden">Show the whole passage</span>
          <span className="hidden group-open:inline">Show less</span>
        </span>
      </summary>
    </details>
  );
}
