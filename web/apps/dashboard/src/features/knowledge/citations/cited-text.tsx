import type { RawPart } from "@medea/chat";
import { citedNumbers, readParts, type Source } from "@medea/chat/parts";
import { type ReactNode, useMemo, useState } from "react";
import { Markdown } from "@/components/markdown";
import { citedSources, placeOf } from "./place";
import { SourceList } from "./source-list";
import { SourceSheet } from "./source-sheet";

interface CitedTextProps {
  text: string;
  parts: readonly RawPart[];
  className?: string;
  /** Underline sentences that no source supports. */
  marksUnsupported?: boolean;
}

/** A reply whose `[1]` open what they rest on, its sources listed below. */
export function CitedText({ text, parts, className, marksUnsupported = false }: CitedTextProps) {
  const { sources, grounding } = useMemo(() => readParts(parts), [parts]);
  const [opened, setOpened] = useState<number | null>(null);
  const cited = useMemo(() => citedNumbers(text), [text]);
  const shown = useMemo(() => citedSources(sources, cited), [sources, cited]);
  const isVerified = grounding !== null;
  const citations = useMemo(
    () => ({
      numbers: new Set(isVerified ? cited : shown.map(({ n }) => n)),
      draw: (n: number): ReactNode => {
        const source = shown.find((one) => one.n === n);
        if (source) return <Marker source={source} onOpen={() => setOpened(n)} />;
        return <Unverified n={n} />;
      },
    }),
    [shown, cited, isVerified],
  );
  return (
    <>
      <Markdown
        text={text}
        citations={citations}
        marked={marksUnsupported ? grounding?.unsupported : undefined}
        {...(className ? { className } : {})}
      />
      {shown.length > 0 ? <SourceList sources={shown} onOpen={setOpened} /> : null}
      <SourceSheet
        sources={shown}
        opened={opened}
        onOpen={setOpened}
        onClose={() => setOpened(null)}
      />
    </>
  );
}

function Marker({ source, onOpen }: { source: Source; onOpen: () => void }) {
  const place = placeOf(source);
  const name = `${source.title}${place ? `, ${place}` : ""}`;
  return (
    <button
      type="button"
      onClick={onOpen}
      aria-label={`Source ${source.n}: ${name}`}
      title={name}
      className="focus-mark relative mx-0.5 inline-flex h-4 min-w-4 items-center justify-center rounded bg-primary/12 px-1 align-[0.1em] font-medium text-2xs text-primary tabular-nums no-underline -outline-offset-1 transition-colors after:absolute after:-inset-1 hover:bg-primary hover:text-primary-foreground"
    >
      {source.n}
    </button>
  );
}

/** A marker whose passage does not say so; visitors do not see it. */
function Unverified({ n }: { n: number }) {
  return (
    <span
      title="The passage does not say this, so visitors see no marker here"
      className="mx-0.5 text-2xs text-muted-foreground line-through"
    >
      [{n}]
    </span>
  );
}
