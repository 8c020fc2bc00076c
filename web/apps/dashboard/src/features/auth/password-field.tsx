import { Button, cn, FormField, Input } from "@medea/ui";
import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type ReactNode, useState } from "react";
import { passwordStrength } from "./password-strength";

interface PasswordFieldProps extends ComponentProps<"input"> {
  label: string;
  error?: string | undefined;
  /** Given for a new password: shows how strong `value` is. */
  strengthOf?: { value: string; related: string[] };
  /** Something beside the label, such as the link to a forgotten password. */
  aside?: ReactNode;
}

export function PasswordField({ label, error, strengthOf, aside, ...input }: PasswordFieldProps) {
  const [isVisible, setVisible] = useState(false);
  return (
    <FormField
      label={label}
      error={error}
      aside={aside}
      hint={strengthOf && !error ? <Strength {...strengthOf} /> : undefined}
    >
      <div className="relative">
        <Input
          {...input}
          type={isVisible ? "text" : "password"}
          className="pr-10"
          autoCapitalize="none"
          spellCheck={false}
        />
        <Button
          variant="ghost"
          size="icon-xs"
          className="absolute top-1/2 right-1 -translate-y-1/2 text-muted-foreground"
          aria-label={isVisible ? "Hide password" : "Show password"}
          onClick={() => setVisible(!isVisible)}
        >
          {isVisible ? <EyeOff /> : <Eye />}
        </Button>
      </div>
    </FormField>
  );
}

const COLOURS = ["bg-destructive", "bg-destructive", "bg-chart-3", "bg-chart-1", "bg-success"];

function Strength({ value, related }: { value: string; related: string[] }) {
  const { score, label, hint } = passwordStrength(value, related);
  const lit = value === "" ? 0 : Math.max(1, score);
  return (
    <span className="grid gap-1.5 pt-0.5">
      <span className="flex gap-1" aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <span
            key={step}
            className={cn(
              "h-1 flex-1 rounded-full transition-colors",
              step <= lit ? COLOURS[score] : "bg-foreground/10",
            )}
          />
        ))}
      </span>
      <span>{value === "" ? hint : `${label}. ${hint}`}</span>
    </span>
  );
}
