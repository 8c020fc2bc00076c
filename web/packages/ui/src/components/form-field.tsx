import { type ReactNode, useId } from "react";
import { cn } from "../cn";
import { FieldContext } from "./field-context";
import { Label } from "./label";

export interface FormFieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | null | undefined;
  required?: boolean;
  optional?: boolean;
  /** Keep the label for screen readers only. */
  hideLabel?: boolean;
  /** Shown at the end of the label's line, e.g. a link or a counter. */
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A label, its control, a hint and an error, wired together for assistive technology. */
export function FormField(props: FormFieldProps) {
  const {
    label,
    hint,
    error,
    required = false,
    optional = false,
    hideLabel = false,
    aside,
    className,
    children,
  } = props;
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy =
    [error ? errorId : null, hint ? hintId : null].filter(Boolean).join(" ") || undefined;
  return (
    <FieldContext value={{ id, describedBy, invalid: Boolean(error), required }}>
      <div data-slot="form-field" className={cn("grid content-start gap-1.5", className)}>
        <div className={cn("flex items-baseline justify-between gap-3", hideLabel && "sr-only")}>
          <Label htmlFor={id}>
            {label}
            {optional ? (
              <span className="font-normal text-muted-foreground"> (optional)</span>
            ) : null}
          </Label>
          {aside ? <div className="text-muted-foreground text-xs">{aside}</div> : null}
        </div>
        {children}
        {error ? (
          <p
            id={errorId}
            data-slot="form-field-error"
            role="alert"
            className="text-destructive text-xs first-letter:uppercase"
          >
            {error}
          </p>
        ) : null}
        {hint ? (
          <p id={hintId} data-slot="form-field-hint" className="text-muted-foreground text-xs">
            {hint}
          </p>
        ) : null}
      </div>
    </FieldContext>
  );
}

export interface FieldGroupProps {
  legend: ReactNode;
  hint?: ReactNode;
  error?: string | null | undefined;
  className?: string;
  children: ReactNode;
}

/** Several controls that answer one question: checkboxes, radio cards. */
export function FieldGroup({ legend, hint, error, className, children }: FieldGroupProps) {
  const id = useId();
  const describedBy =
    [error ? `${id}-error` : null, hint ? `${id}-hint` : null].filter(Boolean).join(" ") ||
    undefined;
  return (
    <fieldset
      data-slot="field-group"
      className={cn("grid min-w-0 gap-2", className)}
      aria-describedby={describedBy}
    >
      <legend className="mb-1.5 font-medium text-sm">{legend}</legend>
      {hint ? (
        <p id={`${id}-hint`} className="-mt-1.5 text-muted-foreground text-xs">
          {hint}
        </p>
      ) : null}
      {children}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-destructive text-xs">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
