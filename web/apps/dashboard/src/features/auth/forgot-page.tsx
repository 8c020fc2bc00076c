import { messageOf } from "@medea/api";
import { Button } from "@medea/ui";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MailCheck } from "lucide-react";
import { useForm } from "react-hook-form";
import { api } from "@/lib/api";
import { usePublicConfig } from "@/lib/public-config";
import { AuthShell, textLink } from "./auth-shell";
import { FormProblem } from "./form-problem";
import { TextField } from "./text-field";

export function ForgotPage() {
  const form = useForm({ defaultValues: { email: "" } });
  const forgot = useMutation({ mutationFn: api.auth.forgotPassword });
  const config = usePublicConfig();
  const back = (
    <Link to="/login" className={textLink}>
      Back to log-in
    </Link>
  );

  if (forgot.isSuccess) {
    return (
      <AuthShell title="Look into your mail" footer={back}>
        <div role="status" className="flex gap-3 rounded-lg border bg-muted/40 p-4 text-sm">
          <MailCheck className="mt-0.5 size-4 shrink-0 text-primary" aria-hidden="true" />
          <div className="grid gap-2 leading-6">
            <p>
              If <strong className="font-medium">{forgot.variables}</strong> has an account, a link
              to choose a new password is on its way.
            </p>
            {config?.has_mail_outbox ? (
              <p className="text-muted-foreground">
                This installation sends no mail. The message is in its{" "}
                <a href="/outbox" className={textLink}>
                  outbox
                </a>
                .
              </p>
            ) : null}
          </div>
        </div>
      </AuthShell>
    );
  }

  return (
    <AuthShell
      title="Forgot your password?"
      lead="Tell us your e-mail address and we send you a link to choose a new one."
      footer={back}
    >
      <form
        onSubmit={form.handleSubmit(({ email }) => forgot.mutate(email))}
        noValidate
        className="grid gap-5"
      >
        <FormProblem message={forgot.isError ? messageOf(forgot.error) : null} />
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus
          error={form.formState.errors.email?.message}
          {...form.register("email", { required: "Enter your e-mail address." })}
        />
        <Button type="submit" size="lg" loading={forgot.isPending}>
          Send the link
        </Button>
      </form>
    </AuthShell>
  );
}
