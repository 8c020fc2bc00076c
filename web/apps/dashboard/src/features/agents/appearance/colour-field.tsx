import { cn, FormField, Input } from "@medea/ui";
import { useEffect, useState } from "react";
import { contrastRatio, isHexColour, textOn } from "./contrast";

const PRESETS = [
  "#1f5a46",
  "#2563eb",
  "#7c3aed",
  "#be185d",
  "#c2410c",
  "#0f766e",
  "#334155",
  "#facc15",
];

interface ColourFieldProps {
  value: string;
  onChange: (value: string) => void;
  readOnly: boolean;
  error: string | undefined;
}

export function ColourField({ value, onChange, readOnly, error }: ColourFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const isValid = isHexColour(text);
  const type = (next: string) => {
    setText(next);
    const full = next.startsWith("#") ? next : `#${next}`;
    if (isHexColour(full)) onChange(full.toLowerCase());
  };
  return (
    <div className="grid gap-3">
      <FormField
        label="Accent colour"
        error={isValid ? error : "Six hex digits, such as #1f5a46."}
        hint={<Contrast accent={value} />}
      >
        <div className="flex items-center gap-2">
          <input
            type="color"
            aria-label="Pick the accent colour"
            value={value}
            disabled={readOnly}
            onChange={(event) => onChange(event.target.value)}
            className="focus-mark size-9 shrink-0 cursor-pointer rounded-md border border-input bg-card p-1 disabled:cursor-default"
          />
          <Input
            value={text}
            onChange={(event) => type(event.target.value.trim())}
            onBlur={() => setText(value)}
            readOnly={readOnly}
            maxLength={7}
            spellCheck={false}
            className="max-w-32 font-mono"
          />
        </div>
      </FormField>
      {readOnly ? null : (
        <fieldset aria-label="Suggested colours" className="flex flex-wrap gap-2">
          {PRESETS.map((preset) => (
            <button
              key={preset}
              type="button"
              aria-label={preset}
              aria-pressed={preset === value}
              onClick={() => onChange(preset)}
              style={{ backgroundColor: preset }}
              className={cn(
                "focus-mark size-7 rounded-full border border-foreground/15",
                preset === value && "ring-2 ring-foreground ring-offset-2 ring-offset-background",
              )}
            />
          ))}
        </fieldset>
      )}
    </div>
  );
}

function Contrast({ accent }: { accent: string }) {
  const text = textOn(accent);
  const onAccent = contrastRatio(accent, text);
  const onWhite = contrastRatio(accent, "#ffffff");
  const onDark = contrastRatio(accent, "#191817");
  return (
    <span className="grid gap-0.5">
      <span>
        {text === "#ffffff" ? "White" : "Black"} text on it: {onAccent.toFixed(1)} to 1, easy to
        read.
      </span>
      {onWhite < 3 || onDark < 3 ? (
        <span className="text-warning">
          Hard to see on a {onWhite < 3 ? "light" : "dark"} page (
          {Math.min(onWhite, onDark).toFixed(1)} to 1, 3 is enough).
        </span>
      ) : null}
    </span>
  );
}
