import type { Role } from "@medea/api";
import { Dialog, DialogContent, FormField, Input, toast } from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { DialogForm } from "@/components/dialog-form";
import { showProblems } from "@/lib/form-problems";
import { useMe } from "@/lib/session";
import { useInvite } from "./queries";
import { RoleSelect } from "./role-select";

export interface InviteDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function InviteDialog({ open, onOpenChange }: InviteDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="max-w-md">
        <InviteForm onDone={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function InviteForm({ onDone }: { onDone: () => void }) {
  const { tenant } = useMe();
  const invite = useInvite();
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm<{ email: string; role: Role }>({
    defaultValues: { email: "", role: "editor" },
  });
  const { errors } = form.formState;

  const submit = form.handleSubmit(async ({ email, role }) => {
    setProblem(null);
    try {
      await invite.mutateAsync({ email: email.trim(), role });
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success(`An invitation is on its way to ${email.trim()}`);
    onDone();
  });

  return (
    <DialogForm
      title={`Invite to ${tenant.name}`}
      description="They get a mail with a link. It works for this address only."
      problem={problem}
      submitLabel="Send invitation"
      isSubmitting={invite.isPending}
      onSubmit={submit}
    >
      <FormField label="E-mail" error={errors.email?.message}>
        <Input
          type="email"
          autoComplete="off"
          placeholder="name@company.com"
          {...form.register("email", {
            validate: (value) =>
              /^\S+@\S+\.\S+$/u.test(value.trim()) || "Enter a whole e-mail address.",
          })}
        />
      </FormField>
      <FormField label="Role" error={errors.role?.message}>
        <RoleSelect value={form.watch("role")} onChange={(role) => form.setValue("role", role)} />
      </FormField>
    </DialogForm>
  );
}
