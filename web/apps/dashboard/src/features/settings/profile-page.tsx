import { Button, FormField, Input, Notice, toast } from "@medea/ui";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { api } from "@/lib/api";
import { showProblems } from "@/lib/form-problems";
import { usePageTitle } from "@/lib/page-title";
import { refreshSession, useMe } from "@/lib/session";
import { PasswordForm } from "./password-form";
import { Section } from "./section";

export function ProfilePage() {
  usePageTitle("Profile", "Settings");
  const { user } = useMe();
  return (
    <div className="grid grid-cols-1 gap-6">
      <NameForm key={user.name} name={user.name} email={user.email} />
      <PasswordForm />
    </div>
  );
}

function NameForm({ name, email }: { name: string; email: string }) {
  const save = useMutation({
    mutationFn: (next: string) => api.auth.updateMe({ name: next }),
    onSuccess: refreshSession,
  });
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({ defaultValues: { name } });
  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      await save.mutateAsync(values.name.trim());
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success("Profile saved");
  });
  return (
    <form onSubmit={submit} noValidate>
      <Section
        title="Profile"
        description="The same in every workspace you are a member of."
        footer={
          <Button type="submit" loading={save.isPending} disabled={!form.formState.isDirty}>
            Save
          </Button>
        }
      >
        <div className="grid max-w-md gap-4">
          {problem ? (
            <Notice variant="destructive" role="alert">
              {problem}
            </Notice>
          ) : null}
          <FormField label="Name" error={form.formState.errors.name?.message}>
            <Input
              autoComplete="name"
              {...form.register("name", {
                validate: (value) => value.trim() !== "" || "Enter your name.",
              })}
            />
          </FormField>
          <FormField label="E-mail" hint="You log in with it. It cannot be changed here.">
            <Input readOnly type="email" value={email} autoComplete="username" />
          </FormField>
        </div>
      </Section>
    </form>
  );
}
