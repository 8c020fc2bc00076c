import type { ReactNode } from "react";
import { lazily } from "./lazy.ts";

/** Draws the marker `[n]` of a source; null where it is none. */
export type Cite = (n: number) => ReactNode | null;

export interface MarkdownProps {
  text: string;
  isStreaming: boolean;
  cite?: Cite | undefined;
}

const renderer = lazily(async () => (await import("../markdown/MarkdownView.tsx")).MarkdownView);

/** Fetch the renderer, which is not part of the first load. Until it is there, text is plain text. */
export const loadMarkdown = renderer.load;

/** Message text, formatted as soon as the renderer has arrived. */
export function Markdown(props: MarkdownProps) {
  const View = renderer.use();
  if (View) return <View {...props} />;
  return (
    <div className="prose prose-plain" dir="auto">
      {props.text}
    </div>
  );
}
