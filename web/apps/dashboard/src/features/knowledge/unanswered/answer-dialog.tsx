import type { UnansweredQuestion } from "@medea/api";
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
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
  Textarea,
  toast,
} from "@medea/ui";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { allAgentsQuery } from "@/features/agents";
import { api } from "@/lib/api";
import { showProblems } from "@/lib/form-problems";
import { basesQuery, knowledgeKey } from "../queries";

interface AnswerDialogProps {
  question: UnansweredQuestion | null;
  onClose: () => void;
}

/** Writes what was missing: a question with its answer, put into a knowledge base. */
export function AnswerDialog({ question, onClose }: AnswerDialogProps) {
  return (
    <Dialog open={question !== null} onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        {question ? <AnswerForm question={question} onClose={onClose} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function AnswerForm({ question, onClose }: { question: UnansweredQuestion; onClose: () => void }) {
  const client = useQueryClient();
  const bases = useQuery(basesQuery);
  const agents = useQuery(allAgentsQuery);
  const [problem, setProblem] = useState<string | null>(null);
  const form = useForm({
    defaultValues: { knowledge_base_id: "", question: question.question, answer: "" },
  });
  const { errors, isSubmitting } = form.formState;
  const agent = agents.data?.data.find(({ id }) => id === question.agent_id);
  const likely =
    bases.data?.find(({ id }) => agent?.retrieval.knowledge_bases.includes(id)) ?? bases.data?.[0];
  const baseId = form.watch("knowledge_base_id") || (likely?.id ?? "");

  const submit = form.handleSubmit(async ({ question: asked, answer }) => {
    setProblem(null);
    try {
      await api.knowledge.answer(question.id, {
        knowledge_base_id: baseId,
        question: asked.trim(),
        answer: answer.trim(),
      });
    } catch (error) {
      setProblem(showProblems(form, error));
      return;
    }
    toast.success("The answer was added");
    onClose();
    await client.invalidateQueries({ queryKey: knowledgeKey });
  });

  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      <DialogHeader>
        <DialogTitle>Write an answer</DialogTitle>
        <DialogDescription>
          Agents that use the knowledge base can give it within seconds.
        </DialogDescription>
      </DialogHeader>
      {problem ? (
        <Notice variant="destructive" role="alert">
          {problem}
        </Notice>
      ) : null}
      <FormField label="Question" error={errors.question?.message}>
        <Input
          maxLength={300}
          {...form.register("question", {
            validate: (value) => value.trim() !== "" || "Write the question.",
          })}
        />
      </FormField>
      <FormField label="Answer" error={errors.answer?.message}>
        <Textarea
          autoFocus
          rows={6}
          {...form.register("answer", {
            validate: (value) => value.trim() !== "" || "Write the answer.",
          })}
        />
      </FormField>
      <FormField label="Knowledge base" error={errors.knowledge_base_id?.message}>
        <Select value={baseId} onValueChange={(value) => form.setValue("knowledge_base_id", value)}>
          <SelectTrigger>
            <SelectValue placeholder="Choose one" />
          </SelectTrigger>
          <SelectContent>
            {(bases.data ?? []).map((base) => (
              <SelectItem key={base.id} value={base.id}>
                {base.name}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </FormField>
      {bases.data?.length === 0 ? (
        <Notice variant="warning">There is no knowledge base yet. Create one first.</Notice>
      ) : null}
      <DialogFooter>
        <Button variant="outline" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={baseId === ""} loading={isSubmitting}>
          Add answer
        </Button>
      </DialogFooter>
    </form>
  );
}
