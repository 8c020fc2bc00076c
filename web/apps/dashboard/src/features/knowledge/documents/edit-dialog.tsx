import type { KnowledgeDocument } from "@medea/api";
import { Dialog, DialogContent, FormField, Input, Skeleton, Textarea, toast } from "@medea/ui";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { LoadFailure } from "@/components/load-failure";
import { api } from "@/lib/api";
import { showProblems } from "@/lib/form-problems";
import { putDocument, writtenQuery } from "../queries";
import { isWritten, type Said, saidBy } from "./said";

interface EditDialogProps {
  document: KnowledgeDocument;
  isOpen: boolean;
  onClose: () => void;
}

/** Changes what a document is called, and what it says where that was written by hand. */
export function EditDialog({ document, isOpen, onClose }: EditDialogProps) {
  return (
    <Dialog open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <DialogContent className={isWritten(document) ? "max-w-2xl" : "max-w-lg"}>
        {isOpen ? <Editing document={document} onClose={onClose} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function Editing({ document, onClose }: Omit<EditDialogProps, "isOpen">) {
  const hasText = isWritten(document);
  const text = useQuery({ ...writtenQuery(document.id), enabled: hasText });
  if (text.isLoadingError) {
    return <LoadFailure error={text.error} what="the text" onRetry={() => void text.refetch()} />;
  }
  if (hasText && !text.data) return <Skeleton className="h-72" />;
  const whole = text.data?.map((page) => page.text).join("") ?? null;
  return <EditForm document={document} said={saidBy(document, whole)} onClose={onClose} />;
}

const isFilled = (message: string) => (value: string) => value.trim() !== "" || message;

interface EditFormProps extends Omit<EditDialogProps, "isOpen"> {
  said: Said;
}

function EditForm({ document, said, onClose }: EditFormProps) {
  const client = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({ defaultValues: { name: said.name, text: said.text ?? "" } });
  const { errors, isSubmitting } = form.formState;
  const isAnswer = document.kind === "qa";

  const submit = form.handleSubmit(async ({ name, text }) => {
    setProblem(null);
    try {
      const next = await save(document, said, name.trim(), text);
      if (next) putDocument(client, next);
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success(said.text === null ? "The document was renamed" : "The change is being read");
    onClose();
  });

  return (
    <DialogForm
      title={said.text === null ? "Rename" : isAnswer ? "Question and answer" : "Edit text"}
      description={
        said.text === null
          ? "What answers call the document when they cite it."
          : "Searches find the text as it was until the new one is in the index."
      }
      problem={problem}
      submitLabel="Save"
      isSubmitting={isSubmitting}
      onSubmit={submit}
    >
      <FormField label={isAnswer ? "Question" : "Name"} error={errors.name?.message}>
        <Input
          autoFocus
          maxLength={isAnswer ? 500 : 200}
          autoComplete="off"
          {...form.register("name", { validate: isFilled("This must not be empty.") })}
        />
      </FormField>
      {said.text === null ? null : (
        <FormField label={isAnswer ? "Answer" : "Text"} error={errors.text?.message}>
          <Textarea
            rows={12}
            {...(isAnswer ? {} : { className: "font-mono text-sm" })}
            {...form.register("text", { validate: isFilled("There is no text.") })}
          />
        </FormField>
      )}
    </DialogForm>
  );
}

/** Send what changed, and answer how the document is then; null where nothing did. */
async function save(
  { id, kind }: KnowledgeDocument,
  said: Said,
  name: string,
  text: string,
): Promise<KnowledgeDocument | null> {
  const isOther = said.text !== null && text.trim() !== said.text.trim();
  if (kind === "qa" && (isOther || name !== said.name)) {
    return api.knowledge.replaceText(id, { question: name, answer: text.trim() });
  }
  const renamed = name === said.name ? null : await api.knowledge.updateDocument(id, { name });
  return isOther ? api.knowledge.replaceText(id, { text }) : renamed;
}
