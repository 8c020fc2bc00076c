import type { DocumentInput } from "@medea/api";
import { toast } from "@medea/ui";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type FieldValues, type Path, type UseFormReturn, useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { showProblems } from "@/lib/form-problems";
import { knowledgeKey, useAddDocument } from "../queries";

export interface FormProps {
  baseId: string;
  onClose: () => void;
}

interface AddFormProps<T extends FieldValues> extends FormProps {
  title: string;
  description: string;
  submitLabel: string;
  done: string;
  values: T;
  /** What is sent, made from what was typed. */
  toInput: (values: T) => DocumentInput;
  children: (form: UseFormReturn<T>, errorOf: (field: Path<T>) => string | undefined) => ReactNode;
}

/** Head, problem, buttons and sending: the same for every way. */
export function AddForm<T extends FieldValues>(props: AddFormProps<T>) {
  const { baseId, onClose, title, description, submitLabel, done, values, toInput } = props;
  const client = useQueryClient();
  const add = useAddDocument(baseId);
  const [problem, setProblem] = useState<string | null>(null);
  // biome-ignore lint/suspicious/noExplicitAny: the library's own type of defaults does not follow T.
  const form = useForm<T>({ defaultValues: values as any });
  const errorOf = (field: Path<T>) => form.getFieldState(field, form.formState).error?.message;

  const submit = form.handleSubmit(async (typed) => {
    setProblem(null);
    try {
      await add.mutateAsync(toInput(typed));
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    void client.invalidateQueries({ queryKey: [...knowledgeKey, "base", baseId] });
    toast.success(done);
    onClose();
  });

  return (
    <DialogForm
      title={title}
      description={description}
      problem={problem}
      submitLabel={submitLabel}
      isSubmitting={add.isPending}
      onSubmit={submit}
    >
      {props.children(form, errorOf)}
    </DialogForm>
  );
}
