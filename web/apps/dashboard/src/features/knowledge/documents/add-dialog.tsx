import type { DocumentInput, KnowledgeBase } from "@medea/api";
import {
  Button,
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  FormField,
  Input,
  Notice,
  Textarea,
  toast,
} from "@medea/ui";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type FieldValues, type Path, type UseFormRegister, useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { baseQuery, useAddDocument } from "../queries";
import type { Adding } from "./add-menu";

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

interface FormProps {
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
  children: (
    register: UseFormRegister<T>,
    errorOf: (field: Path<T>) => string | undefined,
  ) => ReactNode;
}

/** Head, problem, buttons and sending: the same for every way. */
function AddForm<T extends FieldValues>(props: AddFormProps<T>) {
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
    void client.invalidateQueries({ queryKey: baseQuery(baseId).queryKey });
    toast.success(done);
    onClose();
  });

  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      <DialogHeader>
        <DialogTitle>{title}</DialogTitle>
        <DialogDescription>{description}</DialogDescription>
      </DialogHeader>
      {problem ? (
        <Notice variant="destructive" role="alert">
          {problem}
        </Notice>
      ) : null}
      {props.children(form.register, errorOf)}
      <DialogFooter>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={add.isPending}>
          {submitLabel}
        </Button>
      </DialogFooter>
    </form>
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
      {(register, errorOf) => (
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
      {(register, errorOf) => (
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

const isWebAddress = (value: string): string | true => {
  try {
    return /^https?:$/u.test(new URL(value.trim()).protocol) || "Begin with https:// or http://.";
  } catch {
    return "Enter a whole address, such as https://example.com/help.";
  }
};

function PageForm(props: FormProps) {
  return (
    <AddForm
      {...props}
      title="Web page"
      description="The page is fetched now; under Sources you choose how often it is fetched again."
      submitLabel="Add page"
      done="The page is being fetched"
      values={{ url: "" }}
      toInput={({ url }) => ({ url: url.trim() })}
    >
      {(register, errorOf) => (
        <FormField label="Address" error={errorOf("url")}>
          <Input
            autoFocus
            type="url"
            inputMode="url"
            autoComplete="off"
            placeholder="https://example.com/help/returns"
            {...register("url", { validate: isWebAddress })}
          />
        </FormField>
      )}
    </AddForm>
  );
}

function SitemapForm(props: FormProps) {
  return (
    <AddForm
      {...props}
      title="Sitemap of a website"
      description="Every page that the sitemap lists becomes a document; new and removed pages follow."
      submitLabel="Add website"
      done="The sitemap is being fetched"
      values={{ sitemap: "" }}
      toInput={({ sitemap }) => ({ sitemap: sitemap.trim() })}
    >
      {(register, errorOf) => (
        <FormField
          label="Address of the sitemap"
          hint="Usually /sitemap.xml of the website."
          error={errorOf("sitemap")}
        >
          <Input
            autoFocus
            type="url"
            inputMode="url"
            autoComplete="off"
            placeholder="https://example.com/sitemap.xml"
            {...register("sitemap", { validate: isWebAddress })}
          />
        </FormField>
      )}
    </AddForm>
  );
}
