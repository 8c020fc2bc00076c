import type { ApiKeyCreated, ApiKeyKind, Scope } from "@medea/api";
import {
  Button,
  CheckboxField,
  DialogClose,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  FieldGroup,
  FormField,
  Input,
  Notice,
} from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { useCan } from "@/lib/session";
import { KindPicker } from "./kind-picker";
import { originProblems, originsOf } from "./origin";
import { OriginsField } from "./origins-field";
import { useCreateApiKey } from "./queries";
import { DEFAULT_SCOPES, SCOPE_CHOICES } from "./scopes";

interface Values {
  name: string;
  kind: ApiKeyKind;
  scopes: Scope[];
  allowed_origins: string[];
}

export interface CreateKeyFormProps {
  /** Fixes the kind, where only one makes sense. */
  kind?: ApiKeyKind | undefined;
  defaultName?: string | undefined;
  onCreated: (key: ApiKeyCreated) => void;
}

export function CreateKeyForm({
  kind: fixedKind,
  defaultName = "",
  onCreated,
}: CreateKeyFormProps) {
  const form = useForm<Values>({
    defaultValues: {
      name: defaultName,
      kind: fixedKind ?? "publishable",
      scopes: DEFAULT_SCOPES,
      allowed_origins: [],
    },
  });
  const create = useCreateApiKey();
  const [problem, setProblem] = useState<string | null>(null);
  const [originErrors, setOriginErrors] = useState<Record<number, string>>({});
  const kind = form.watch("kind");
  const origins = form.watch("allowed_origins");
  const scopes = form.watch("scopes");

  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    const isSecret = values.kind === "secret";
    const errors = isSecret ? {} : originProblems(values.allowed_origins);
    setOriginErrors(errors);
    if (Object.keys(errors).length > 0) return;
    if (isSecret && values.scopes.length === 0)
      return setProblem("Choose at least one permission.");
    const details = isSecret
      ? { scopes: values.scopes }
      : { allowed_origins: originsOf(values.allowed_origins) };
    await create
      .mutateAsync({ name: values.name.trim(), kind: values.kind, ...details })
      .then(onCreated, (error) => setProblem(showProblems(form, error)));
  });

  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      <DialogHeader>
        <DialogTitle>
          {fixedKind === "publishable" ? "Create a publishable key" : "Create an API key"}
        </DialogTitle>
        <DialogDescription>
          Keys can be revoked at any time; they stop working at once.
        </DialogDescription>
      </DialogHeader>
      {problem ? (
        <Notice variant="destructive" role="alert">
          {problem}
        </Notice>
      ) : null}
      <FormField
        label="Name"
        hint="Where it is used, so that you know it again."
        error={form.formState.errors.name?.message}
      >
        <Input
          placeholder={kind === "secret" ? "Billing service" : "Company website"}
          autoComplete="off"
          {...form.register("name", {
            validate: (value) => value.trim() !== "" || "Give the key a name.",
          })}
        />
      </FormField>
      {fixedKind ? null : (
        <KindPicker value={kind} onChange={(next) => form.setValue("kind", next)} />
      )}
      {kind === "secret" ? (
        <ScopesField value={scopes} onChange={(next) => form.setValue("scopes", next)} />
      ) : (
        <OriginsField
          value={origins}
          errors={originErrors}
          onChange={(next) => {
            setOriginErrors({});
            form.setValue("allowed_origins", next);
          }}
        />
      )}
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="outline">Cancel</Button>
        </DialogClose>
        <Button type="submit" loading={create.isPending}>
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}

function ScopesField({ value, onChange }: { value: Scope[]; onChange: (next: Scope[]) => void }) {
  const isAdmin = useCan("tenancy:write");
  const choices = SCOPE_CHOICES.filter(({ scope }) => isAdmin || !scope.startsWith("tenancy:"));
  return (
    <FieldGroup legend="Permissions" hint="Give a key no more than its job needs.">
      <div className="grid grid-cols-1 gap-x-4 gap-y-2.5 rounded-lg border p-3 sm:grid-cols-2">
        {choices.map(({ scope, label, hint }) => (
          <CheckboxField
            key={scope}
            label={label}
            hint={hint}
            checked={value.includes(scope)}
            onCheckedChange={(on) =>
              onChange(on === true ? [...value, scope] : value.filter((item) => item !== scope))
            }
          />
        ))}
      </div>
    </FieldGroup>
  );
}
