import type { ChatMessage } from "@medea/chat";
import type { ToolCall } from "@medea/chat/parts";
import { answersOf, type FormField, type FormShape } from "@medea/chat/parts";
import { useState } from "react";
import type { ChatVerbs } from "../components/Chat.tsx";
import { useAnswer } from "./answer.ts";
import { words } from "./words.ts";

interface FormProps {
  form: FormShape;
  call: ToolCall;
  message: ChatMessage;
  verbs: ChatVerbs;
}

/** A short form in the conversation; what is filled in goes to the assistant, or nothing does. */
export function Form({ form, call, message, verbs }: FormProps) {
  const text = words();
  const { isSending, problem, fields: refused, send } = useAnswer(message, verbs);
  const [values, setValues] = useState<Record<string, string>>({});
  const [missing, setMissing] = useState<string | null>(null);
  const id = `form-${call.id}`;

  const submit = (event: Event) => {
    event.preventDefault();
    const empty = form.fields.find(({ name, isRequired }) => isRequired && !values[name]?.trim());
    setMissing(empty?.name ?? null);
    if (empty) document.getElementById(`${id}-${empty.name}`)?.focus();
    else {
      void send("forms", { tool_call_id: call.id, answers: answersOf(form.fields, values) });
    }
  };

  return (
    <form
      className="ask"
      aria-labelledby={id}
      noValidate
      onSubmit={submit as unknown as React.SubmitEventHandler}
    >
      <p id={id} dir="auto">
        {form.title}
      </p>
      {form.fields.map((field) => (
        <Field
          key={field.name}
          id={`${id}-${field.name}`}
          field={field}
          value={values[field.name] ?? ""}
          error={missing === field.name ? text.required : (refused[field.name] ?? null)}
          onValue={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      {problem ? <p role="alert">{problem}</p> : null}
      <div className="ask-buttons">
        <button type="submit" className="ask-yes" disabled={isSending}>
          {form.submitLabel ?? text.submit}
        </button>
        <button
          type="button"
          className="text-button"
          disabled={isSending}
          onClick={() => void send("forms", { tool_call_id: call.id, answers: null })}
        >
          {text.decline}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  id: string;
  field: FormField;
  value: string;
  error: string | null;
  onValue: (value: string) => void;
}

const INPUTS = { text: "text", email: "email", phone: "tel", number: "text" } as const;
const COMPLETE = { text: "on", email: "email", phone: "tel", number: "off" } as const;

function Field({ id, field, value, error, onValue }: FieldProps) {
  const { label, type, isRequired } = field;
  const control = {
    id,
    value,
    required: isRequired,
    "aria-invalid": error !== null,
    "aria-describedby": error ? `${id}-error` : undefined,
    onInput: (event: { currentTarget: { value: string } }) => onValue(event.currentTarget.value),
  };
  return (
    <div className="ask-field">
      <label htmlFor={id} dir="auto">
        {label}
        {isRequired ? <span aria-hidden="true"> *</span> : null}
      </label>
      {type === "choice" ? (
        <select {...control}>
          <option value="">{words().choose}</option>
          {field.options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : type === "long_text" ? (
        <textarea rows={3} {...control} />
      ) : (
        <input
          type={INPUTS[type]}
          inputMode={type === "number" ? "decimal" : undefined}
          autoComplete={COMPLETE[type]}
          {...control}
        />
      )}
      {error ? (
        <p id={`${id}-error`} className="ask-error" role="alert">
          {error}
        </p>
      ) : null}
    </div>
  );
}
