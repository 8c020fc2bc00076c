import { Button, cn, Notice } from "@medea/ui";
import { type FormEvent, type ReactNode, useState } from "react";
import { type FieldValues, FormProvider, type Path, type UseFormReturn } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";

export interface SaveFormProps<T extends FieldValues> {
  form: UseFormReturn<T>;
  /** What the fields are about, for who hears them. */
  legend: string;
  canWrite: boolean;
  /** Throws what the server refused. */
  onSave: (values: T) => Promise<unknown>;
  /** Fields at which a refusal is shown, by its code. */
  fieldOfCode?: Partial<Record<string, Path<T>>>;
  /** In place of the button "Save", which waits for a change. */
  submit?: ReactNode;
  size?: "sm" | "default";
  className?: string;
  children: ReactNode;
}

/** Fields on a page and the button that saves them: what the server says stands at the fields or below them. */
export function SaveForm<T extends FieldValues>(props: SaveFormProps<T>) {
  const { form, legend, canWrite, onSave, fieldOfCode, submit, size, className, children } = props;
  const [problem, setProblem] = useState<string | null>(null);
  const { isDirty, isSubmitting } = form.formState;
  const save = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await onSave(values);
    } catch (error) {
      setProblem(showProblems(form, error, fieldOfCode));
    }
  });
  function press(event: FormEvent) {
    // What the server said of fields that check nothing themselves would hold the form back for ever.
    form.clearErrors();
    return save(event);
  }
  return (
    <FormProvider {...form}>
      <form noValidate onSubmit={press}>
        {/* To who only reads, a placeholder would look like a value. */}
        <fieldset
          disabled={!canWrite}
          className={cn(
            "grid min-w-0 grid-cols-1 [&:disabled_*::placeholder]:text-transparent",
            className,
          )}
        >
          <legend className="sr-only">{legend}</legend>
          {children}
          {problem ? (
            <Notice variant="destructive" role="alert">
              {problem}
            </Notice>
          ) : null}
          {canWrite
            ? (submit ?? (
                <Button
                  type="submit"
                  variant="outline"
                  size={size}
                  className="justify-self-start"
                  loading={isSubmitting}
                  disabled={!isDirty}
                >
                  Save
                </Button>
              ))
            : null}
        </fieldset>
      </form>
    </FormProvider>
  );
}
