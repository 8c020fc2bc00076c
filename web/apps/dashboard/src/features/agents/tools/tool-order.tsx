import type { ToolChoice } from "@medea/api";
import { Badge, Button } from "@medea/ui";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useRef, useState } from "react";
import { focusRowButton } from "../editor/row-focus";
import { move } from "../editor/rows";
import { labelOf, type NamedTool } from "./choices";

interface ToolOrderProps {
  chosen: readonly ToolChoice[];
  own: readonly NamedTool[];
  readOnly: boolean;
  onChange: (chosen: ToolChoice[]) => void;
}

/** In which order the model is told of its tools. */
export function ToolOrder({ chosen, own, readOnly, onChange }: ToolOrderProps) {
  const list = useRef<HTMLOListElement>(null);
  const [announcement, setAnnouncement] = useState("");
  const shift = (from: number, to: number) => {
    onChange(move(chosen, from, to));
    focusRowButton(list, to, to < from ? "up" : "down");
    setAnnouncement(`Tool moved to place ${to + 1} of ${chosen.length}`);
  };
  return (
    <>
      <ol ref={list} className="divide-y rounded-lg border">
        {chosen.map((choice, index) => {
          const label = labelOf(choice.name, own) ?? "A deleted tool";
          return (
            <li key={choice.name} className="flex min-h-11 items-center gap-3 px-4 py-1.5">
              <span className="w-5 text-muted-foreground text-xs tabular-nums" aria-hidden="true">
                {index + 1}
              </span>
              <span className="min-w-0 flex-1 truncate text-sm">{label}</span>
              {choice.needs_approval ? <Badge variant="outline">Asks first</Badge> : null}
              {readOnly ? null : (
                <span className="flex">
                  <Button
                    variant="ghost"
                    size="icon-xs"
                    data-row-button="up"
                    aria-label={`Move ${label} up`}
                    disabled={index === 0}
                    onClick={() => shift(index, index - 1)}
                  >
                    <ArrowUp />
                  </Button>
                  <Button
                    variant="ghost"
                    size="icon-xs"
                    data-row-button="down"
                    aria-label={`Move ${label} down`}
                    disabled={index === chosen.length - 1}
                    onClick={() => shift(index, index + 1)}
                  >
                    <ArrowDown />
                  </Button>
                </span>
              )}
            </li>
          );
        })}
      </ol>
      <p aria-live="polite" className="sr-only">
        {announcement}
      </p>
    </>
  );
}
