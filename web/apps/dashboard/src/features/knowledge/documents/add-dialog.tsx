import type { KnowledgeBase } from "@medea/api";
import { Dialog, DialogContent, FormField, Input, Textarea } from "@medea/ui";
import type { ReactNode } from "react";
import { AddForm, type FormProps } from "./add-form";
import type { Adding } from "./add-menu";
import { PageForm, SitemapForm } from "./add-web-forms";

interface AddDialogProps {
  base: KnowledgeBase;
  way: Adding | null;
  onClose: () => void;
}

const FORMS: Record<Adding, (props: FormProps) => ReactNode> = {
  text: TextForm,
  answer: AnswerForm,
  page: PageForm,
  sitemap: SitemapForm,
};

/** Adds a document that is not a file. */
export function AddDialog({ base, way, onClose }: AddDialogProps) {
  const Form = way ? FORMS[way] : null;
  return (
    <Dialog open={Form !== null} onOpenChange={(open) => !open && onClose()}>
      <DialogContent className={way === "text" ? "max-w-2xl" : "max-w-lg"}>
        {Form ? <Form baseId={base.id} onClose={onClose} /> : null}
      </DialogContent>
    </Dialog>
  );
}

const isFilled = (message: string) => (value: string) => value.trim() !== "" || message;

function TextForm(props: FormProps) {
  return (
    <AddForm
      {...props}
      title="Paste text"
      description="Markdown headings become the headings that an answer names as its place."
      submitLabel="Add text"
      done="The text is being read"
      values={{ name: "", text: "" }}
      toInput={({ name, text }) => ({ name: name.trim(), text })}
    >
      {({ register }, errorOf) => (
        <>
          <FormField label="Name" error={errorOf("name")}>
            <Input
              autoFocus
              maxLength={200}
              autoComplete="off"
              placeholder="Opening hours"
              {...register("name", { validate: isFilled("Give the text a name.") })}
            />
          </FormField>
          <FormField label="Text" error={errorOf("text")}>
            <Textarea
              rows={12}
              className="font-mono text-sm"
              {...register("text", { validate: isFilled("There is no text yet.") })}
            />
          </FormField>
        </>
      )}
    </AddForm>
  );
}

function AnswerForm(props: FormProps) {
  return (
    <AddForm
      {...props}
      title="Question and answer"
      description="For what stands in no document. Found when somebody asks alike."
      submitLabel="Add answer"
      done="The answer was added"
      values={{ question: "", answer: "" }}
      toInput={({ question, answer }) => ({ question: question.trim(), answer: answer.trim() })}
    >
      {({ register }, errorOf) => (
        <>
          <FormField label="Question" error={errorOf("question")}>
            <Input
              autoFocus
              maxLength={500}
              autoComplete="off"
              placeholder="Do you deliver on Saturdays?"
              {...register("question", { validate: isFilled("Write the question.") })}
            />
          </FormField>
          <FormField label="Answer" error={errorOf("answer")}>
            <Textarea
              rows={6}
              {...register("answer", { validate: isFilled("Write the answer.") })}
            />
          </FormField>
        </>
      )}
    </AddForm>
  );
}
