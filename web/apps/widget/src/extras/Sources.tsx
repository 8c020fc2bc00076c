import type { ChatMessage } from "@medea/chat";
import type { Source } from "@medea/chat/parts";
import { shownSources, sourceElementId } from "./read.ts";
import { words } from "./words.ts";
import "./extras.css";

/** What the answer rests on: a quiet list, each with its quote and the way to its place. */
export function Sources({ message }: { message: ChatMessage }) {
  const sources = shownSources(message.text, message.parts);
  if (sources.length === 0) return null;
  return (
    <div className="sources">
      <p className="sources-title" id={`sources-${message.key}`}>
        {words().sources(sources.length)}
      </p>
      <ul aria-labelledby={`sources-${message.key}`}>
        {sources.map((source) => (
          <li key={source.n}>
            <SourceItem source={source} id={sourceElementId(message.key, source.n)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function SourceItem({ source, id }: { source: Source; id: string }) {
  const { n, title, quote } = source;
  const text = words();
  // Only the web: what else an address may name could run something.
  const href = source.url && /^https?:\/\//i.test(source.url) ? source.url : null;
  const place = [
    source.page === null ? "" : text.page(source.page),
    ...source.headingPath.slice(-1),
  ]
    .filter(Boolean)
    .join(" · ");
  return (
    <details id={id} className="source">
      <summary>
        <span className="source-number">{n}</span>
        <span className="source-title" dir="auto">
          {title}
        </span>
        {place ? (
          <span className="source-place" dir="auto">
            {place}
          </span>
        ) : null}
      </summary>
      <div className="source-body">
        {quote ? <blockquote dir="auto">{quote}</blockquote> : null}
        {href ? (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow">
            {source.documentId === null ? text.openPage : text.open}
            <span className="visually-hidden"> {text.newTab}</span>
          </a>
        ) : null}
      </div>
    </details>
  );
}
