import {
  FormField,
  Input,
  Notice,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@medea/ui";
import { Controller, useFormContext } from "react-hook-form";
import { HeaderRows } from "../form/header-rows";
import { MissingSecrets } from "../form/missing-secrets";
import type { Auth, ServerValues } from "./values";

const KINDS: { value: Auth; label: string; about: string }[] = [
  { value: "none", label: "Nothing", about: "Anybody may ask it" },
  { value: "headers", label: "A header", about: "A key out of the vault, such as a bearer token" },
  { value: "oauth", label: "OAuth", about: "Somebody logs in at the server and agrees" },
];

/** What the server wants to know before it answers. */
export function AuthFields() {
  const { control, register, watch, formState } = useFormContext<ServerValues>();
  const auth = watch("auth");
  const errors = formState.errors;
  return (
    <>
      <Controller
        control={control}
        name="auth"
        render={({ field }) => (
          <FormField label="What it asks for" error={errors.auth?.message}>
            <Select value={field.value} onValueChange={field.onChange}>
              <SelectTrigger>
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {KINDS.map(({ value, label, about }) => (
                  <SelectItem key={value} value={value} description={about}>
                    {label}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          </FormField>
        )}
      />
      {auth === "none" ? null : <WhoseAccess auth={auth} />}
      {auth === "headers" ? (
        <>
          <HeaderRows />
          <MissingSecrets />
        </>
      ) : null}
      {auth === "oauth" ? (
        <details className="rounded-lg border px-4 py-3">
          <summary className="focus-mark cursor-pointer rounded-sm text-sm">
            The server gave you a client id
          </summary>
          <div className="mt-4 grid gap-5">
            <Notice>Most servers register Medea by themselves; then leave both empty.</Notice>
            <FormField label="Client id" error={errors.oauth_client_id?.message}>
              <Input autoComplete="off" spellCheck={false} {...register("oauth_client_id")} />
            </FormField>
            <FormField
              label="Client secret"
              hint="Name of a secret of the vault, such as SHOP_CLIENT_SECRET."
              error={errors.oauth_client_secret?.message}
            >
              <Input
                autoComplete="off"
                spellCheck={false}
                className="font-mono text-xs"
                {...register("oauth_client_secret")}
              />
            </FormField>
          </div>
        </details>
      ) : null}
    </>
  );
}

/** Whoever talks to an agent acts with what is given here: nobody may believe that visitors log in themselves. */
function WhoseAccess({ auth }: { auth: Auth }) {
  return (
    <Notice variant="warning" title="This access is your company's, not the visitor's">
      {auth === "oauth" ? "Whoever logs in now" : "This key"} stands for every conversation of every
      agent that has these tools: a visitor sees and changes what{" "}
      {auth === "oauth" ? "that account" : "it"} may. Use an account that may only what any visitor
      may, and let what has effects be approved.
    </Notice>
  );
}
