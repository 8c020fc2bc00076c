import { cn, FormField, Label, Switch, Textarea } from "@medea/ui";
import { type KeyboardEvent, useId, useState } from "react";
import { formatNumber } from "@/lib/format";
import { continueList } from "./list-typing";

const FONT_KEY = "medea.prompt-monospace";

interface PromptEditorProps {
  value: string;
  onChange: (value: string) => void;
  readOnly: boolean;
  error: string | undefined;
}

function readMonospace(): boolean {
  try {
    return localStorage.getItem(FONT_KEY) === "on";
  } catch {
    return false;
  }
}

/** A plain text area that grows with its text, keeps lists going and counts what it costs. */
export function PromptEditor({ value, onChange, readOnly, error }: PromptEditorProps) {
  const [isMonospace, setMonospace] = useState(readMonospace);
  const switchId = useId();

  const toggle = (on: boolean) => {
    setMonospace(on);
    try {
      localStorage.setItem(FONT_KEY, on ? "on" : "off");
    } catch {
      // Blocked storage: the choice holds for this page only.
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    if (event.shiftKey || event.metaKey || event.ctrlKey) return;
    const area = event.currentTarget;
    const edit = continueList(area.value, area.selectionStart, area.selectionEnd);
    if (!edit) return;
    event.preventDefault();
    area.setSelectionRange(edit.from, edit.to);
    // The only way to insert text that the browser's own undo knows.
    document.execCommand(edit.text === "" ? "delete" : "insertText", false, edit.text);
  };

  const words = value.trim() === "" ? 0 : value.trim().split(/\s+/).length;
  return (
    <div>
      <FormField label="Instructions" hideLabel error={error}>
        <Textarea
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          readOnly={readOnly}
          spellCheck={!isMonospace}
          placeholder={"You are the assistant of …\n\nGoal: …\n\nHow you work\n- …"}
          className={cn(
            "min-h-88 px-4 py-3.5 text-base leading-6",
            isMonospace && "font-mono text-sm",
          )}
        />
      </FormField>
      <div className="mt-2 flex flex-wrap items-center justify-between gap-x-6 gap-y-2 text-muted-foreground text-xs">
        <p className="tabular-nums">
          {formatNumber([...value].length)} characters · {formatNumber(words)} words · about{" "}
          {formatNumber(Math.ceil(value.length / 4))} tokens in every request
        </p>
        <div className="flex items-center gap-2">
          <Label htmlFor={switchId} className="font-normal text-xs">
            Monospace
          </Label>
          <Switch id={switchId} checked={isMonospace} onCheckedChange={toggle} />
        </div>
      </div>
    </div>
  );
}
