import { ApiError, messageOf } from "@medea/api";
import type { FieldValues, Path, UseFormReturn } from "react-hook-form";

/**
 * Put the server's field messages at their fields.
 *
 * Returns what belongs to no field of this form, to be shown above it, or null.
 */
export function showProblems<T extends FieldValues>(
  form: UseFormReturn<T>,
  error: unknown,
  fieldOfCode: Partial<Record<string, Path<T>>> = {},
): string | null {
  if (!(error instanceof ApiError)) return messageOf(error);
  const known = new Set(Object.keys(form.getValues()));
  let isPlaced = false;
  for (const [field, message] of Object.entries(error.fields)) {
    if (!known.has(field)) continue;
    form.setError(field as Path<T>, { type: "server", message }, { shouldFocus: !isPlaced });
    isPlaced = true;
  }
  const byCode = fieldOfCode[error.code];
  if (!isPlaced && byCode) {
    form.setError(byCode, { type: "server", message: error.detail }, { shouldFocus: true });
    isPlaced = true;
  }
  return isPlaced ? null : error.detail;
}
