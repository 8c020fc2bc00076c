import {
  Button,
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  FormField,
  Input,
  Notice,
  Textarea,
} from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { useCreateBase } from "../queries";

interface CreateBaseDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function CreateBaseDialog({ open, onOpenChange }: CreateBaseDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="max-w-md">
        <CreateBaseForm onCancel={() => onOpenChange(false)} />
      </DialogContent>
    </Dialog>
  );
}

function CreateBaseForm({ onCancel }: { onCancel: () => void }) {
  const navigate = useNavigate();
  const create = useCreateBase();
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({ defaultValues: { name: "", description: "" } });
  const { errors } = form.formState;

  const submit = form.handleSubmit(async ({ name, description }) => {
    setProblem(null);
    try {
      const base = await create.mutateAsync({
        name: name.trim(),
        description: description.trim(),
      });
      await navigate({ to: "/dashboard/knowledge/$baseId", params: { baseId: base.id } });
    } catch (error) {
      setProblem(showProblems(form, error, { "knowledge.base_name_taken": "name" }));
    }
  });

  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      <DialogHeader>
        <DialogTitle>New knowledge base</DialogTitle>
        <DialogDescription>
          A shelf of documents. Any number of agents can answer from it.
        </DialogDescription>
      </DialogHeader>
      {problem ? (
        <Notice variant="destructive" role="alert">
          {problem}
        </Notice>
      ) : null}
      <FormField label="Name" error={errors.name?.message}>
        <Input
          autoFocus
          maxLength={100}
          placeholder="Product handbook"
          autoComplete="off"
          {...form.register("name", {
            validate: (value) => value.trim() !== "" || "Give the knowledge base a name.",
          })}
        />
      </FormField>
      <FormField
        label="Description"
        optional
        hint="For your team: what belongs here, who keeps it current."
        error={errors.description?.message}
      >
        <Textarea rows={2} maxLength={500} {...form.register("description")} />
      </FormField>
      <DialogFooter>
        <Button variant="outline" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={create.isPending}>
          Create
        </Button>
      </DialogFooter>
    </form>
  );
}
