import { type ComponentType, useEffect, useState } from "react";

export interface MarkdownProps {
  text: string;
  isStreaming: boolean;
}

type Renderer = ComponentType<MarkdownProps>;

let renderer: Renderer | null = null;
const waiting = new Set<(loaded: Renderer) => void>();

/** Fetch the renderer, which is not part of the first load. Until it is there, text is plain text. */
export async function loadMarkdown(): Promise<void> {
  if (renderer) return;
  const loaded = (await import("../markdown/MarkdownView.tsx")).MarkdownView;
  renderer = loaded;
  for (const tell of waiting) tell(loaded);
  waiting.clear();
}

/** Message text, formatted as soon as the renderer has arrived. */
export function Markdown(props: MarkdownProps) {
  const [View, setView] = useState<Renderer | null>(() => renderer);
  useEffect(() => {
    if (View) return;
    const tell = (loaded: Renderer) => setView(() => loaded);
    waiting.add(tell);
    // A failed fetch leaves the text plain, and the next message tries again.
    loadMarkdown().catch(() => {});
    return () => {
      waiting.delete(tell);
    };
  }, [View]);
  if (View) return <View {...props} />;
  return (
    <div className="prose prose-plain" dir="auto">
      {props.text}
    </div>
  );
}
