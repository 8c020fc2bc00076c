import { Button, Card, CardDescription, CardHeader, CardTitle } from "@medea/ui";
import type { ReactNode } from "react";
import type { UseFormReturn } from "react-hook-form";
import { SaveForm } from "@/components/save-form";
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
  return (
    <SaveForm
      form={form}
      legend="The tool"
      canWrite={canWrite}
      onSave={onSave}
      fieldOfCode={{ "tools.name_taken": "name" }}
      submit={
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" loading={form.formState.isSubmitting}>
            {submitLabel}
          </Button>
          {aside}
        </div>
      }
      className="gap-6"
    >
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
    </SaveForm>
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
