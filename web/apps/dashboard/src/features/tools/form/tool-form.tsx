import { Button, Card, CardDescription, CardHeader, CardTitle, Notice } from "@medea/ui";
import { type FormEvent, type ReactNode, useState } from "react";
import { FormProvider, type UseFormReturn } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { AnswerFields } from "./answer-fields";
import { ModelFields, RequestFields } from "./tool-fields";
import type { ToolValues } from "./values";

interface ToolFormProps {
  form: UseFormReturn<ToolValues>;
  canWrite: boolean;
  submitLabel: string;
  /** Throws what the server refused. */
  onSave: (values: ToolValues) => Promise<unknown>;
  /** Beside the button. */
  aside?: ReactNode;
}

/** Everything that a tool is, on one form. */
export function ToolForm({ form, canWrite, submitLabel, onSave, aside }: ToolFormProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const save = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await onSave(values);
    } catch (error) {
      setProblem(showProblems(form, error, { "tools.name_taken": "name" }));
    }
  });
  function submit(event: FormEvent) {
    // What the server said of fields that check nothing themselves would hold the form back for ever.
    form.clearErrors();
    return save(event);
  }
  return (
    <FormProvider {...form}>
      <form onSubmit={submit} noValidate>
        {/* To who only reads, a placeholder would look like a value. */}
        <fieldset
          disabled={!canWrite}
          className="grid min-w-0 grid-cols-1 gap-6 [&:disabled_*::placeholder]:text-transparent"
        >
          <legend className="sr-only">The tool</legend>
          <Part
            title="What the model knows"
            about="It chooses the tool by this, and fills in the arguments."
          >
            <ModelFields />
          </Part>
          <Part
            title="Request"
            about="What is sent to your server. No argument can change where it goes."
          >
            <RequestFields />
          </Part>
          <Part title="Answer" about="What comes of it.">
            <AnswerFields />
          </Part>
          {problem ? (
            <Notice variant="destructive" role="alert">
              {problem}
            </Notice>
          ) : null}
          {canWrite ? (
            <div className="flex flex-wrap items-center gap-3">
              <Button type="submit" loading={form.formState.isSubmitting}>
                {submitLabel}
              </Button>
              {aside}
            </div>
          ) : null}
        </fieldset>
      </form>
    </FormProvider>
  );
}

function Part({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>{title}</CardTitle>
        <CardDescription>{about}</CardDescription>
      </CardHeader>
      <div className="grid grid-cols-1 gap-5 px-5 py-5">{children}</div>
    </Card>
  );
}
