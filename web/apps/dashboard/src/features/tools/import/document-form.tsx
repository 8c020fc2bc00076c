import type { ImportedTool, ToolImport } from "@medea/api";
import { Button, FormField, Input, Notice, Textarea } from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { readObject } from "../form/schema";
import { validUrl } from "../form/values";
import { useImportDocument } from "../queries";

/** A document that the server could read, and what it found in it. */
export interface ReadDocument {
  source: ToolImport;
  operations: ImportedTool[];
}

interface DocumentFormProps {
  canWrite: boolean;
  onRead: (read: ReadDocument) => void;
}

/** Takes the document: its address, a file, or text. */
export function DocumentForm({ canWrite, onRead }: DocumentFormProps) {
  const show = useImportDocument();
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({
    defaultValues: { document_url: "", document: "", base_url: "", authorization: "" },
  });
  const { errors } = form.formState;

  const submit = form.handleSubmit(async ({ document_url, document, base_url, authorization }) => {
    setProblem(null);
    const source: ToolImport = {
      ...(document_url.trim()
        ? { document_url: document_url.trim() }
        : { document: readObject(document).value ?? {} }),
      ...(base_url.trim() ? { base_url: base_url.trim() } : {}),
      ...(authorization.trim() ? { headers: { Authorization: authorization.trim() } } : {}),
    };
    try {
      onRead({ source, operations: await show.mutateAsync(source) });
    } catch (error) {
      setProblem(showProblems(form, error));
    }
  });

  async function take(file: File | undefined) {
    if (!file) return;
    form.setValue("document", await file.text(), { shouldDirty: true });
    form.setValue("document_url", "");
    form.clearErrors(["document", "document_url"]);
  }

  return (
    <form onSubmit={submit} noValidate>
      <fieldset disabled={!canWrite} className="grid min-w-0 grid-cols-1 gap-5">
        <legend className="sr-only">The document</legend>
        {problem ? (
          <Notice variant="destructive" role="alert">
            {problem}
          </Notice>
        ) : null}
        <FormField
          label="Address of the document"
          optional
          hint="OpenAPI 3 as JSON, readable without a login. Or give a file, or paste it below."
          error={errors.document_url?.message}
        >
          <Input
            className="font-mono text-xs"
            placeholder="https://api.example.com/openapi.json"
            autoComplete="off"
            spellCheck={false}
            {...form.register("document_url", {
              validate: (url) => url.trim() === "" || validUrl(url),
            })}
          />
        </FormField>
        <FormField label="File" optional>
          <Input
            type="file"
            accept=".json,application/json"
            className="h-auto py-1.5 read-only:bg-card file:mr-3 file:font-medium"
            onChange={(event) => void take(event.target.files?.[0])}
          />
        </FormField>
        <FormField label="Document" error={errors.document?.message}>
          <Textarea
            rows={8}
            className="max-h-96 font-mono text-xs"
            spellCheck={false}
            placeholder={'{"openapi": "3.1.0", "servers": […], "paths": {…}}'}
            {...form.register("document", {
              validate: (text, { document_url }) =>
                document_url.trim() ? true : (readObject(text).problem ?? true),
            })}
          />
        </FormField>
        <FormField
          label="Address of the server"
          optional
          hint="Where the document names none, or another one."
          error={errors.base_url?.message}
        >
          <Input
            className="font-mono text-xs"
            placeholder="https://api.example.com"
            autoComplete="off"
            spellCheck={false}
            {...form.register("base_url", {
              validate: (url) => url.trim() === "" || validUrl(url),
            })}
          />
        </FormField>
        <FormField
          label="Authorization header"
          optional
          hint="Of all requests. {{NAME}} stands for a secret of the vault."
        >
          <Input
            className="font-mono text-xs"
            placeholder="Bearer {{API_KEY}}"
            autoComplete="off"
            spellCheck={false}
            {...form.register("authorization")}
          />
        </FormField>
        <Button type="submit" className="justify-self-start" loading={show.isPending}>
          Show operations
        </Button>
      </fieldset>
    </form>
  );
}
