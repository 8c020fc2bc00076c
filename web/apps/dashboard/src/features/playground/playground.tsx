import { Button, EmptyState, Notice, Tooltip } from "@medea/ui";
import { FlaskConical, RotateCcw } from "lucide-react";
import { useDraft } from "@/features/agents/editor/draft-context";
import { Composer } from "./composer";
import { usePlayground } from "./playground-context";
import { Transcript } from "./transcript";

/** Talk to the draft. What is typed in the editor is saved before each question. */
export function Playground() {
  const { canWrite } = useDraft();
  const { store, chat, isDraftSaved } = usePlayground();
  return (
    <section aria-label="Playground" className="flex h-full min-h-0 flex-col">
      <header className="flex h-14 shrink-0 items-center gap-2 border-b px-4 max-xl:pr-12">
        <h2 className="font-semibold text-sm">Playground</h2>
        <p className="text-muted-foreground text-xs">talks to the draft</p>
        <div className="ml-auto">
          <Tooltip content="Start over">
            <Button
              variant="ghost"
              size="icon-xs"
              aria-label="Start over"
              disabled={chat.messages.length === 0}
              onClick={() => store.reset()}
            >
              <RotateCcw />
            </Button>
          </Tooltip>
        </div>
      </header>
      {canWrite ? (
        <>
          {isDraftSaved ? null : (
            <Notice variant="warning" className="m-3 mb-0">
              Your last changes could not be saved: the draft before them answers.
            </Notice>
          )}
          <Transcript />
          <Composer />
        </>
      ) : (
        <EmptyState
          bare
          className="flex-1"
          icon={FlaskConical}
          title="For editors"
          description="Testing a draft needs the right to change it. Your role can look only."
        />
      )}
    </section>
  );
}
