import { Button, toast } from "@medea/ui";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { api } from "@/lib/api";
import { showProblems } from "@/lib/form-problems";
import { AuthShell, textLink } from "./auth-shell";
import { FormProblem } from "./form-problem";
import { PasswordField } from "./password-field";
import { MIN_PASSWORD_LENGTH } from "./password-strength";

export function ResetPage({ token }: { token: string | undefined }) {
  const navigate = useNavigate();
  const form = useForm({ defaultValues: { new_password: "" } });
  const [problem, setProblem] = useState<string | null>(null);
  const reset = useMutation({ mutationFn: api.auth.resetPassword });

  if (!token) {
    return (
      <AuthShell
        title="This link is incomplete"
        lead="Open the link from the mail once more, or ask for a new one."
      >
        <Button asChild size="lg" className="w-full">
          <Link to="/forgot">Ask for a new link</Link>
        </Button>
      </AuthShell>
    );
  }

  const submit = form.handleSubmit(async ({ new_password }) => {
    setProblem(null);
    try {
      await reset.mutateAsync({ token, new_password });
      toast.success("Your password is changed. Log in with it.");
      await navigate({ to: "/login" });
    } catch (error) {
      setProblem(showProblems(form, error));
    }
  });

  return (
    <AuthShell
      title="Choose a new password"
      lead="It replaces the old one at once, and ends your sessions on other devices."
      footer={
        <Link to="/forgot" className={textLink}>
          Ask for a new link
        </Link>
      }
    >
      <form onSubmit={submit} noValidate className="grid gap-5">
        <FormProblem message={problem} />
        <PasswordField
          label="New password"
          autoComplete="new-password"
          autoFocus
          error={form.formState.errors.new_password?.message}
          strengthOf={{ value: form.watch("new_password"), related: [] }}
          {...form.register("new_password", {
            required: "Choose a password.",
            minLength: {
              value: MIN_PASSWORD_LENGTH,
              message: `At least ${MIN_PASSWORD_LENGTH} characters.`,
            },
          })}
        />
        <Button type="submit" size="lg" loading={reset.isPending}>
          Save the password
        </Button>
      </form>
    </AuthShell>
  );
}
