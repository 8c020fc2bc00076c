import { type FormEvent, type ReactNode, useState } from "react";
import {
  AlertDialog,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
} from "./alert-dialog";
import { Button } from "./button";
import { FormField } from "./form-field";
import { Input } from "./input";

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description: ReactNode;
  confirmLabel: string;
  cancelLabel?: string;
  /** When given, this text has to be typed before the button works. */
  confirmText?: string | undefined;
  variant?: "default" | "destructive";
  /** The dialog closes when the promise is fulfilled; a rejection's message is shown inside. */
  onConfirm: () => unknown;
}

/** Asks before something that cannot be taken back; optionally by having its name typed. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <AlertDialog open={props.open} onOpenChange={props.onOpenChange}>
      <AlertDialogContent>
        <ConfirmForm {...props} />
      </AlertDialogContent>
    </AlertDialog>
  );
}

function ConfirmForm(props: ConfirmDialogProps) {
  const {
    title,
    description,
    confirmLabel,
    cancelLabel = "Cancel",
    confirmText,
    variant = "destructive",
  } = props;
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const matches = confirmText === undefined || typed.trim() === confirmText.trim();

  async function confirm(event: FormEvent) {
    event.preventDefault();
    if (!matches || pending) return;
    setPending(true);
    setFailure(null);
    try {
      await props.onConfirm();
      props.onOpenChange(false);
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : "That did not work. Try again.");
      setPending(false);
    }
  }

  return (
    <form data-slot="confirm-dialog" className="grid gap-5" onSubmit={confirm}>
      <AlertDialogHeader>
        <AlertDialogTitle>{title}</AlertDialogTitle>
        <AlertDialogDescription asChild>
          <div>{description}</div>
        </AlertDialogDescription>
      </AlertDialogHeader>
      {confirmText === undefined ? null : (
        <FormField
          label={
            <>
              Type{" "}
              <span className="select-all rounded bg-muted px-1 font-mono text-xs">
                {confirmText}
              </span>{" "}
              to confirm
            </>
          }
        >
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        </FormField>
      )}
      {failure ? (
        <p role="alert" className="text-destructive text-sm">
          {failure}
        </p>
      ) : null}
      <AlertDialogFooter>
        <AlertDialogCancel type="button">{cancelLabel}</AlertDialogCancel>
        <Button type="submit" variant={variant} disabled={!matches} loading={pending}>
          {confirmLabel}
        </Button>
      </AlertDialogFooter>
    </form>
  );
}
