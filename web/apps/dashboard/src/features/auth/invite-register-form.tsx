import { Button } from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { FormProblem } from "./form-problem";
import { PasswordField } from "./password-field";
import { MIN_PASSWORD_LENGTH } from "./password-strength";
import { useRegisterInvitation } from "./session-actions";
import { TextField } from "./text-field";

/** For an invited person without an account: name and password, the e-mail is known. */
export function InviteRegisterForm({ token, email }: { token: string; email: string }) {
  const form = useForm({ defaultValues: { name: "", password: "" }, mode: "onTouched" });
  const { errors } = form.formState;
  const [problem, setProblem] = useState<string | null>(null);
  const register = useRegisterInvitation();
  const values = form.watch();

  const submit = form.handleSubmit(async (body) => {
    setProblem(null);
    await register
      .mutateAsync({ token, ...body })
      .catch((error) => setProblem(showProblems(form, error)));
  });

  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      <FormProblem message={problem} />
      {/* Password managers file the new password under this name. */}
      <TextField label="E-mail" type="email" autoComplete="username" value={email} readOnly />
      <TextField
        label="Your name"
        autoComplete="name"
        autoFocus
        error={errors.name?.message}
        {...form.register("name", { required: "Tell us what to call you." })}
      />
      <PasswordField
        label="Password"
        autoComplete="new-password"
        error={errors.password?.message}
        strengthOf={{ value: values.password, related: [values.name, email] }}
        {...form.register("password", {
          required: "Choose a password.",
          minLength: {
            value: MIN_PASSWORD_LENGTH,
            message: `At least ${MIN_PASSWORD_LENGTH} characters.`,
          },
        })}
      />
      <Button type="submit" size="lg" loading={register.isPending}>
        Create account and join
      </Button>
    </form>
  );
}
