import { Button } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { AuthShell, textLink } from "./auth-shell";
import { FormProblem } from "./form-problem";
import { PasswordField } from "./password-field";
import { useLogin } from "./session-actions";
import { TextField } from "./text-field";

export function LoginPage({ next }: { next: string | undefined }) {
  const form = useForm({ defaultValues: { email: "", password: "" } });
  const { errors } = form.formState;
  const [problem, setProblem] = useState<string | null>(null);
  const login = useLogin(next);

  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    await login.mutateAsync(values).catch((error) => setProblem(showProblems(form, error)));
  });

  return (
    <AuthShell
      title="Welcome back"
      lead="Log in to your workspace."
      footer={
        <>
          New here?{" "}
          <Link to="/signup" search={next ? { next } : {}} className={textLink}>
            Create a workspace
          </Link>
        </>
      }
    >
      <form onSubmit={submit} noValidate className="grid gap-5">
        <FormProblem message={problem} />
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus
          error={errors.email?.message}
          {...form.register("email", { required: "Enter your e-mail address." })}
        />
        <PasswordField
          label="Password"
          autoComplete="current-password"
          error={errors.password?.message}
          aside={
            <Link to="/forgot" className={`text-xs ${textLink}`}>
              Forgot it?
            </Link>
          }
          {...form.register("password", { required: "Enter your password." })}
        />
        <Button type="submit" size="lg" loading={login.isPending}>
          Log in
        </Button>
      </form>
    </AuthShell>
  );
}
