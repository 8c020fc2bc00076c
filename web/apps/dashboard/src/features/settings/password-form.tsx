import { Button, FormField, Input, Notice, toast } from "@medea/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { api } from "@/lib/api";
import { showProblems } from "@/lib/form-problems";
import { useMe } from "@/lib/session";
import { sessionsQuery } from "./queries";
import { Section } from "./section";

const SHORTEST = 10;

export function PasswordForm() {
  const { user } = useMe();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (body: { current_password: string; new_password: string }) =>
      api.auth.changePassword(body),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({ defaultValues: { current_password: "", new_password: "" } });
  const { errors } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await change.mutateAsync(values);
    } catch (error) {
      const wrong = { "identity.wrong_password": "current_password" } as const;
      setProblem(showProblems(form, error, wrong));
      return;
    }
    form.reset();
    toast.success("Password changed", { description: "Your other sessions were logged out." });
  });
  return (
    <form onSubmit={submit} noValidate>
      <Section
        title="Password"
        description="A new password logs out your other sessions."
        footer={
          <Button type="submit" loading={change.isPending}>
            Change password
          </Button>
        }
      >
        <div className="grid max-w-md gap-4">
          {problem ? (
            <Notice variant="destructive" role="alert">
              {problem}
            </Notice>
          ) : null}
          {/* Tells password managers whose password this is. */}
          <input hidden type="text" autoComplete="username" value={user.email} readOnly />
          <FormField label="Current password" error={errors.current_password?.message}>
            <Input
              type="password"
              autoComplete="current-password"
              {...form.register("current_password", { required: "Enter your current password." })}
            />
          </FormField>
          <FormField
            label="New password"
            hint={`At least ${SHORTEST} characters. A few words in a row are easy to remember.`}
            error={errors.new_password?.message}
          >
            <Input
              type="password"
              autoComplete="new-password"
              {...form.register("new_password", {
                minLength: {
                  value: SHORTEST,
                  message: `Use at least ${SHORTEST} characters.`,
                },
                required: "Enter a new password.",
              })}
            />
          </FormField>
        </div>
      </Section>
    </form>
  );
}
