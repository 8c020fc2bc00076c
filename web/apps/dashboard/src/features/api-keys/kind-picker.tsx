import type { ApiKeyKind } from "@medea/api";
import { cn, FieldGroup } from "@medea/ui";
import { GlobeIcon, LockKeyholeIcon } from "lucide-react";

const KINDS = [
  {
    kind: "publishable",
    label: "Publishable",
    hint: "For the chat on a website. Safe to show in a page; opens visitor sessions, nothing else.",
    icon: GlobeIcon,
  },
  {
    kind: "secret",
    label: "Secret",
    hint: "For your servers and the OpenAI-compatible API. Never put it in a page.",
    icon: LockKeyholeIcon,
  },
] as const;

export interface KindPickerProps {
  value: ApiKeyKind;
  onChange: (kind: ApiKeyKind) => void;
}

export function KindPicker({ value, onChange }: KindPickerProps) {
  return (
    <FieldGroup legend="Kind">
      <div className="grid gap-2 sm:grid-cols-2">
        {KINDS.map(({ kind, label, hint, icon: Icon }) => (
          <label
            key={kind}
            className={cn(
              "relative flex cursor-pointer gap-2.5 rounded-lg border p-3 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:outline-offset-2",
              kind === value ? "border-primary bg-primary/5" : "hover:bg-muted",
            )}
          >
            <input
              type="radio"
              name="kind"
              value={kind}
              checked={kind === value}
              onChange={() => onChange(kind)}
              className="sr-only"
              aria-describedby={`kind-${kind}`}
              aria-label={label}
            />
            <Icon className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
            <span className="grid gap-0.5">
              <span className="font-medium text-sm">{label}</span>
              <span id={`kind-${kind}`} className="text-muted-foreground text-xs">
                {hint}
              </span>
            </span>
          </label>
        ))}
      </div>
    </FieldGroup>
  );
}
