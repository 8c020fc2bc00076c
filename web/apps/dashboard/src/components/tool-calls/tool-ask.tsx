import { type ChatMessage, type ChatStore, describeFailure } from "@medea/chat";
import { answersOf, type FormShape, readForm, readParts, type ToolCall } from "@medea/chat/parts";
import { Button, FormField, Input, Notice, Textarea } from "@medea/ui";
import { type FormEvent, useState } from "react";

interface ToolAskProps {
  message: ChatMessage;
  store: ChatStore;
}

/** What a reply asks its reader before it goes on: whether a tool may run, or a form. */
export function ToolAsk({ message, store }: ToolAskProps) {
  if (message.status !== "waiting") return null;
  return readParts(message.parts).tools.map((call) => {
    if (call.state === "approval") {
      return <Approval key={call.id} call={call} message={message} store={store} />;
    }
    const isOpen = call.state === "form" || call.state === "running";
    const form = isOpen ? readForm(call.input) : null;
    return form ? (
      <AskedForm key={call.id} form={form} call={call} message={message} store={store} />
    ) : null;
  });
}

function useAnswer({ message, store }: ToolAskProps) {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async (path: "approvals" | "forms", body: object) => {
    if (!message.turnId) return;
    setSending(true);
    setProblem(null);
    try {
      const url = `/v1/turns/${message.turnId}/${path}`;
      await store.options.client.request(url, { method: "POST", body });
      void store.resume(message.turnId);
    } catch (error) {
      setProblem(describeFailure(error).message);
      setSending(false);
    }
  };
  return { isSending, problem, send };
}

function Approval({ call, message, store }: ToolAskProps & { call: ToolCall }) {
  const { isSending, problem, send } = useAnswer({ message, store });
  const answer = (approved: boolean) => void send("approvals", { tool_call_id: call.id, approved });
  return (
    <fieldset className="grid gap-3 rounded-lg border p-3" aria-label={`May ${call.name} run?`}>
      <p className="text-sm">
        May <span className="font-mono text-xs">{call.title ?? call.name}</span> run?
      </p>
      {problem ? <Notice variant="destructive">{problem}</Notice> : null}
      <div className="flex gap-2">
        <Button size="sm" loading={isSending} onClick={() => answer(true)}>
          Allow
        </Button>
        <Button size="sm" variant="outline" disabled={isSending} onClick={() => answer(false)}>
          Don’t allow
        </Button>
      </div>
    </fieldset>
  );
}

interface AskedFormProps extends ToolAskProps {
  call: ToolCall;
  form: FormShape;
}

function AskedForm({ form, call, message, store }: AskedFormProps) {
  const { isSending, problem, send } = useAnswer({ message, store });
  const [values, setValues] = useState<Record<string, string>>({});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send("forms", { tool_call_id: call.id, answers: answersOf(form.fields, values) });
  };
  return (
    <form onSubmit={submit} aria-label={form.title} className="grid gap-3 rounded-lg border p-3">
      <p className="font-medium text-sm">{form.title}</p>
      {form.fields.map(({ name, label, type, options, isRequired }) => {
        const control = {
          value: values[name] ?? "",
          onChange: (event: { target: { value: string } }) =>
            setValues((before) => ({ ...before, [name]: event.target.value })),
        };
        return (
          <FormField
            key={name}
            label={label}
            optional={!isRequired}
            hint={type === "choice" ? options.join(", ") : undefined}
          >
            {type === "long_text" ? (
              <Textarea rows={3} {...control} />
            ) : (
              <Input type={type === "email" ? "email" : "text"} {...control} />
            )}
          </FormField>
        );
      })}
      {problem ? <Notice variant="destructive">{problem}</Notice> : null}
      <div className="flex gap-2">
        <Button type="submit" size="sm" loading={isSending}>
          {form.submitLabel ?? "Send"}
        </Button>
        <Button
          size="sm"
          variant="outline"
          disabled={isSending}
          onClick={() => void send("forms", { tool_call_id: call.id, answers: null })}
        >
          Rather not
        </Button>
      </div>
    </form>
  );
}
