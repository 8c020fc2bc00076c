import type { Secret } from "@medea/api";
import {
  Button,
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  FormField,
  Input,
  Notice,
  toast,
} from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { useCreateSecret, useReplaceSecret } from "../queries";
import { HostsField, HostsForm, hostsOf } from "./secret-hosts";

/** What is to be done: a new secret (perhaps of a known name), another value or other hosts for one. */
export type SecretTask =
  | { kind: "new"; name: string }
  | { kind: "replace" | "bind"; secret: Secret };

export interface SecretDialogProps {
  task: SecretTask | null;
  onClose: () => void;
}

export function SecretDialog({ task, onClose }: SecretDialogProps) {
  return (
    <Dialog open={task !== null} onOpenChange={onClose}>
      <DialogContent className="max-w-md">
        {task?.kind === "bind" ? (
          <HostsForm secret={task.secret} onDone={onClose} />
        ) : task ? (
          <SecretForm task={task} onDone={onClose} />
        ) : null}
      </DialogContent>
    </Dialog>
  );
}

const NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
const VALUE = /^[ -~]+$/;

function SecretForm(props: {
  task: Exclude<SecretTask, { kind: "bind" }> | { kind: "replace"; secret: Secret };
  onDone: () => void;
}) {
  const { task, onDone } = props;
  const create = useCreateSecret();
  const replace = useReplaceSecret();
  const isNew = task.kind === "new";
  const form = useForm({
    defaultValues: { name: isNew ? task.name : task.secret.name, value: "", hosts: "" },
  });
  const [problem, setProblem] = useState<string | null>(null);
  const { errors } = form.formState;

  const submit = form.handleSubmit(async ({ name, value, hosts }) => {
    setProblem(null);
    try {
      await (isNew
        ? create.mutateAsync({ name: name.trim(), value, hosts: hostsOf(hosts) })
        : replace.mutateAsync({ id: task.secret.id, value }));
    } catch (error) {
      setProblem(showProblems(form, error, { "tools.secret_name_taken": "name" }));
      return;
    }
    toast.success(isNew ? `${name.trim()} is in the vault` : `${name} has a new value`);
    onDone();
  });

  return (
    <form
      // Inside the form of a tool: its submit event must not reach that one.
      onSubmit={(event) => {
        event.stopPropagation();
        void submit(event);
      }}
      noValidate
      className="grid gap-5"
    >
      <DialogHeader>
        <DialogTitle className="break-all">
          {isNew ? "New secret" : `Replace ${task.secret.name}`}
        </DialogTitle>
        <DialogDescription>
          {isNew
            ? "Tools name it; only their requests hold the value. Nobody can read it here again."
            : "Requests hold the new value from the next one on. The old one is gone."}
        </DialogDescription>
      </DialogHeader>
      {problem ? (
        <Notice variant="destructive" role="alert">
          {problem}
        </Notice>
      ) : null}
      {isNew ? (
        <FormField
          label="Name"
          hint={"In a header it stands as {{NAME}}."}
          error={errors.name?.message}
        >
          <Input
            className="font-mono"
            placeholder="ORDERS_KEY"
            autoComplete="off"
            spellCheck={false}
            {...form.register("name", {
              validate: (name) =>
                NAME.test(name.trim()) ||
                "Capital letters, digits and _, beginning with a letter, such as ORDERS_KEY.",
            })}
          />
        </FormField>
      ) : null}
      <FormField label="Value" error={errors.value?.message}>
        <Input
          type="password"
          className="font-mono"
          autoComplete="off"
          spellCheck={false}
          maxLength={8000}
          {...form.register("value", {
            validate: (value) => VALUE.test(value) || "One line of letters, digits and signs.",
          })}
        />
      </FormField>
      {isNew ? <HostsField error={errors.hosts?.message} {...form.register("hosts")} /> : null}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">Cancel</Button>
        </DialogClose>
        <Button type="submit" loading={create.isPending || replace.isPending}>
          {isNew ? "Add secret" : "Replace"}
        </Button>
      </DialogFooter>
    </form>
  );
}
