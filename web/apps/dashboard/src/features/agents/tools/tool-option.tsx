import { cn, Switch } from "@medea/ui";
import { type ReactNode, useId } from "react";

interface ToolOptionProps {
  label: string;
  /** Own tools are called what the model calls them. */
  isCode?: boolean;
  about: string;
  isOn: boolean;
  /** Whether the visitor is asked first; null where the tool asks by what it is. */
  asks: boolean | null;
  readOnly: boolean;
  /** No more can be added. */
  isFull: boolean;
  /** Beside the name: a link, a badge. */
  aside?: ReactNode;
  /** Why it does nothing yet. */
  remark?: ReactNode;
  onToggle: (on: boolean) => void;
  onAsk: (on: boolean) => void;
}

/** A tool with its switch, and once it is on, whether the visitor is asked before each use. */
export function ToolOption(props: ToolOptionProps) {
  const { label, isCode, about, isOn, asks, readOnly, isFull, aside, remark } = props;
  const id = useId();
  return (
    <li
      className={cn(
        "rounded-lg border px-4 py-3 transition-colors",
        isOn && "border-primary bg-primary/5",
      )}
    >
      <div className="flex items-start gap-3">
        <Switch
          id={id}
          checked={isOn}
          disabled={readOnly || (isFull && !isOn)}
          aria-describedby={`${id}-about`}
          className="mt-0.5"
          onCheckedChange={props.onToggle}
        />
        <div className="grid min-w-0 flex-1 gap-0.5">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <label
              htmlFor={id}
              className={cn(
                "break-all font-medium text-sm",
                isCode && "font-mono text-xs leading-5",
              )}
            >
              {label}
            </label>
            {aside}
          </div>
          <p id={`${id}-about`} className="line-clamp-3 text-muted-foreground text-xs">
            {about}
          </p>
        </div>
      </div>
      {isOn && remark ? <p className="mt-2 pl-12 text-warning text-xs">{remark}</p> : null}
      {isOn && asks !== null ? (
        <div className="mt-3 flex items-center gap-3 border-t pt-3 pl-12">
          <Switch
            id={`${id}-ask`}
            checked={asks}
            disabled={readOnly}
            aria-label={`Ask the visitor first, before ${label}`}
            onCheckedChange={props.onAsk}
          />
          <label htmlFor={`${id}-ask`} className="text-sm">
            Ask the visitor first
          </label>
        </div>
      ) : null}
    </li>
  );
}
