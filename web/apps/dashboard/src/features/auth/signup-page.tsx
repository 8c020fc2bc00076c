import { Button } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { AuthShell, textLink } from "./auth-shell";
import { FormProblem } from "./form-problem";
import { PasswordField } from "./password-field";
import { MIN_PASSWORD_LENGTH } from "./password-strength";
import { useSignup } from "./session-actions";
import { TextField } from "./text-field";

const EMAIL = { value: /^\S+@\S+\.\S+$/, message: "This is not an e-mail address." };

export function SignupPage({ next }: { next: string | undefined }) {
  const form = useForm({
    defaultValues: { tenant_name: "", name: "", email: "", password: "" },
    mode: "onTouched",
  });
  const { errors } = form.formState;
  const [problem, setProblem] = useState<string | null>(null);
  const signup = useSignup(next);
  const values = form.watch();

  const submit = form.handleSubmit(async (body) => {
    setProblem(null);
    await signup.mutateAsync(body).catch((error) => {
      setProblem(showProblems(form, error, { "identity.email_taken": "email" }));
    });
  });

  return (
    <AuthShell
      title="Create your workspace"
      lead="A workspace holds your company's agents, conversations and members. It takes a minute."
      footer={
        <>
          Already have one?{" "}
          <Link to="/login" search={next ? { next } : {}} className={textLink}>
            Log in
          </Link>
        </>
      }
    >
      <form onSubmit={submit} noValidate className="grid gap-5">
        <FormProblem message={problem} />
        <TextField
          label="Company or project"
          autoComplete="organization"
          autoFocus
          maxLength={100}
          placeholder="Acme GmbH"
          error={errors.tenant_name?.message}
          {...form.register("tenant_name", { required: "Give the workspace a name." })}
        />
        <TextField
          label="Your name"
          autoComplete="name"
          maxLength={100}
          error={errors.name?.message}
          {...form.register("name", { required: "Tell us what to call you." })}
        />
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          error={errors.email?.message}
          {...form.register("email", { required: "Enter your e-mail address.", pattern: EMAIL })}
        />
        <PasswordField
          label="Password"
          autoComplete="new-password"
          minLength={MIN_PASSWORD_LENGTH}
          error={errors.password?.message}
          strengthOf={{
            value: values.password,
            related: [values.name, values.email, values.tenant_name],
          }}
          {...form.register("password", {
            required: "Choose a password.",
            minLength: {
              value: MIN_PASSWORD_LENGTH,
              message: `At least ${MIN_PASSWORD_LENGTH} characters.`,
            },
          })}
        />
        <Button type="submit" size="lg" loading={signup.isPending}>
          Create workspace
        </Button>
      </form>
    </AuthShell>
  );
}
