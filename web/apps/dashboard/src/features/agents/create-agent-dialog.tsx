import {
  Button,
  cn,
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  FormField,
  Input,
  Notice,
} from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { showProblems } from "@/lib/form-problems";
import { useCreateAgent } from "./queries";
import { TEMPLATES } from "./templates";

interface CreateAgentDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  template: string;
  onTemplateChange: (key: string) => void;
}

export function CreateAgentDialog(props: CreateAgentDialogProps) {
  return (
    <Dialog open={props.open} onOpenChange={props.onOpenChange}>
      <DialogContent>
        <CreateAgentForm {...props} />
      </DialogContent>
    </Dialog>
  );
}

function CreateAgentForm({ onOpenChange, template, onTemplateChange }: CreateAgentDialogProps) {
  const navigate = useNavigate();
  const create = useCreateAgent();
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({ defaultValues: { name: "" } });
  const chosen = TEMPLATES.find((one) => one.key === template);

  const submit = form.handleSubmit(async ({ name }) => {
    setProblem(null);
    try {
      const agent = await create.mutateAsync({ ...chosen?.draft, name: name.trim() });
      await navigate({ to: "/dashboard/agents/$agentId", params: { agentId: agent.id } });
    } catch (error) {
      setProblem(showProblems(form, error, { "agents.slug_taken": "name" }));
    }
  });

  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      <DialogHeader>
        <DialogTitle>New agent</DialogTitle>
        <DialogDescription>Nobody sees it until you publish it.</DialogDescription>
      </DialogHeader>
      {problem ? (
        <Notice variant="destructive" role="alert">
          {problem}
        </Notice>
      ) : null}
      <FormField label="Name" error={form.formState.errors.name?.message}>
        <Input
          autoFocus
          maxLength={100}
          placeholder="Support"
          autoComplete="off"
          {...form.register("name", {
            validate: (value) => value.trim() !== "" || "Give the agent a name.",
          })}
        />
      </FormField>
      <fieldset>
        <legend className="mb-2 font-medium text-sm">Start from</legend>
        <div className="grid grid-cols-1 gap-2 sm:grid-cols-2">
          {TEMPLATES.map((one) => (
            <label
              key={one.key}
              className={cn(
                "flex cursor-pointer items-start gap-2.5 rounded-lg border p-3 transition-colors hover:bg-accent/50",
                "has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:outline-offset-2",
                "has-checked:border-primary has-checked:bg-primary/5",
              )}
            >
              <input
                type="radio"
                name="template"
                value={one.key}
                checked={template === one.key}
                onChange={() => onTemplateChange(one.key)}
                className="sr-only"
              />
              <one.icon className="mt-0.5 size-4 shrink-0 text-primary" aria-hidden="true" />
              <span>
                <span className="block font-medium text-sm">{one.name}</span>
                <span className="block text-muted-foreground text-xs">{one.summary}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <DialogFooter>
        <Button variant="outline" onClick={() => onOpenChange(false)}>
          Cancel
        </Button>
        <Button type="submit" loading={create.isPending}>
          Create agent
        </Button>
      </DialogFooter>
    </form>
  );
}
