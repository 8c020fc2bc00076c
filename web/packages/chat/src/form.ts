/** The form that `collect_form` asks for, read from the model's own words: nothing in it is trusted. */
export interface FormField {
  name: string;
  label: string;
  type: "text" | "long_text" | "email" | "phone" | "number" | "choice";
  options: string[];
  isRequired: boolean;
}

export interface FormShape {
  title: string;
  submitLabel: string | null;
  fields: FormField[];
}

const TYPES = new Set(["text", "long_text", "email", "phone", "number", "choice"]);

type Fields = Record<string, unknown>;
const text = (value: unknown): string => (typeof value === "string" ? value : "");

function readField(value: unknown): FormField[] {
  const field = (value ?? {}) as Fields;
  const name = text(field.name);
  const type = text(field.type);
  if (!name || !TYPES.has(type)) return [];
  const options = Array.isArray(field.options) ? field.options.map(text).filter(Boolean) : [];
  return [
    {
      name,
      label: text(field.label) || name,
      type: type as FormField["type"],
      options,
      isRequired: field.is_required === true,
    },
  ];
}

/** Null where it is no form. */
export function readForm(input: unknown): FormShape | null {
  const form = (input ?? {}) as Fields;
  if (!Array.isArray(form.fields)) return null;
  const fields = form.fields.flatMap(readField);
  if (fields.length === 0) return null;
  return { title: text(form.title), submitLabel: text(form.submit_label) || null, fields };
}

/** What is sent: numbers as such, and nothing for what was left empty. */
export function answersOf(
  fields: readonly FormField[],
  values: Record<string, string>,
): Record<string, string | number> {
  const answers: Record<string, string | number> = {};
  for (const { name, type } of fields) {
    const value = (values[name] ?? "").trim();
    if (value === "") continue;
    answers[name] = type === "number" && Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return answers;
}
