import { type KnowledgeBase, messageOf } from "@medea/api";
import {
  Button,
  Card,
  CardContent,
  CardFooter,
  FormField,
  Input,
  Textarea,
  toast,
} from "@medea/ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { useCan } from "@/lib/session";
import { useUpdateBase } from "../queries";
import { ChunkSection } from "./chunk-section";
import { DeleteBase } from "./delete-base";
import { EmbeddingSection } from "./embedding-section";
import { SearchSection } from "./search-section";

/** Everything that can be set of a knowledge base. */
export function SettingsTab({ base }: { base: KnowledgeBase }) {
  const canWrite = useCan("knowledge:write");
  return (
    <div className="grid max-w-3xl grid-cols-1 gap-6">
      <AboutSection base={base} canWrite={canWrite} />
      <ChunkSection base={base} canWrite={canWrite} />
      <EmbeddingSection base={base} canWrite={canWrite} />
      <SearchSection base={base} canWrite={canWrite} />
      {canWrite ? <DeleteBase base={base} /> : null}
    </div>
  );
}

export interface SectionProps {
  base: KnowledgeBase;
  canWrite: boolean;
}

function AboutSection({ base, canWrite }: SectionProps) {
  const update = useUpdateBase(base.id);
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({ values: { name: base.name, description: base.description } });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    setProblem(null);
    try {
      const saved = await update.mutateAsync(values);
      form.reset({ name: saved.name, description: saved.description });
      toast.success("Saved");
    } catch (error) {
      setProblem(showProblems(form, error));
    }
  });
  return (
    <Card>
      <form onSubmit={submit} noValidate>
        <CardContent className="grid gap-4">
          <h2 className="font-semibold text-base">About</h2>
          <FormField label="Name" error={errors.name?.message ?? problem}>
            <Input
              maxLength={100}
              autoComplete="off"
              readOnly={!canWrite}
              {...form.register("name", {
                validate: (value) => value.trim() !== "" || "It needs a name.",
              })}
            />
          </FormField>
          <FormField label="Description" optional error={errors.description?.message}>
            <Textarea
              rows={2}
              maxLength={1000}
              readOnly={!canWrite}
              {...form.register("description")}
            />
          </FormField>
        </CardContent>
        {canWrite ? (
          <CardFooter className="justify-end">
            <Button type="submit" size="sm" disabled={!isDirty} loading={update.isPending}>
              Save
            </Button>
          </CardFooter>
        ) : null}
      </form>
    </Card>
  );
}

/** Change settings and say what came of it. */
export function useChangeSettings(base: KnowledgeBase) {
  const update = useUpdateBase(base.id);
  return {
    isPending: update.isPending,
    change: (settings: Partial<KnowledgeBase["settings"]>, done: string) =>
      update.mutate(
        { settings },
        {
          onSuccess: () => void toast.success(done),
          onError: (error) => void toast.error(messageOf(error)),
        },
      ),
  };
}
