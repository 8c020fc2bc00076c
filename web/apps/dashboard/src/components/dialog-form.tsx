import {
  Button,
  DialogClose,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  Notice,
} from "@medea/ui";
import type { FormEventHandler, ReactNode } from "react";

export interface DialogFormProps {
  title: ReactNode;
  description: ReactNode;
  /** What is wrong with the whole of it; what is wrong with a field stands at the field. */
  problem: string | null;
  submitLabel: string;
  isSubmitting: boolean;
  onSubmit: FormEventHandler<HTMLFormElement>;
  /** Beside the buttons of every form, such as a trial. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of a form in a dialog: what it is for, what is wrong with it, its fields, cancel and submit. */
export function DialogForm({
  title,
  description,
  problem,
  submitLabel,
  isSubmitting,
  onSubmit,
  actions,
  children,
}: DialogFormProps) {
  return (
    <form onSubmit={onSubmit} noValidate className="grid gap-5">
      <DialogHeader>
        <DialogTitle>{title}</DialogTitle>
        <DialogDescription>{description}</DialogDescription>
      </DialogHeader>
      {problem ? (
        <Notice variant="destructive" role="alert">
          {problem}
        </Notice>
      ) : null}
      {children}
      <DialogFooter>
        {actions}
        <DialogClose asChild>
          <Button variant="outline">Cancel</Button>
        </DialogClose>
        <Button type="submit" loading={isSubmitting}>
          {submitLabel}
        </Button>
      </DialogFooter>
    </form>
  );
}
