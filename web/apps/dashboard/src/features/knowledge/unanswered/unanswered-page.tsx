import { messageOf, type UnansweredQuestion } from "@medea/api";
import {
  Badge,
  Button,
  Card,
  EmptyState,
  PageHeader,
  RelativeTime,
  Skeleton,
  Tooltip,
  toast,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, MessageSquareQuote, PenLine, X } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { allAgentsQuery } from "@/features/agents";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { KnowledgeViews } from "../knowledge-views";
import { unansweredQuery, useDismissQuestion } from "../queries";
import { AnswerDialog } from "./answer-dialog";

/** What visitors asked and no document answered, the most asked first. */
export function UnansweredPage() {
  usePageTitle("Unanswered questions", "Knowledge");
  const canWrite = useCan("knowledge:write");
  const questions = useQuery(unansweredQuery);
  const [answering, setAnswering] = useState<UnansweredQuestion | null>(null);
  return (
    <Page>
      <PageHeader
        title="Knowledge"
        description="What your agents answer from, with the place each answer comes from."
      />
      <KnowledgeViews />
      <div className="mt-6">
        {questions.isPending ? (
          <div className="grid gap-3" role="status" aria-label="Loading the questions">
            <Skeleton className="h-20" />
            <Skeleton className="h-20" />
            <Skeleton className="h-20" />
          </div>
        ) : questions.isLoadingError ? (
          <LoadFailure
            error={questions.error}
            what="the questions"
            onRetry={() => void questions.refetch()}
          />
        ) : questions.data.length === 0 ? (
          <EmptyState
            icon={CircleCheck}
            title="Nothing was left unanswered"
            description="When an agent finds no answer in its documents, the question appears here, and you can write one."
          />
        ) : (
          <Card>
            <ul className="divide-y" aria-label="Unanswered questions">
              {questions.data.map((question) => (
                <QuestionRow
                  key={question.id}
                  question={question}
                  onAnswer={canWrite ? () => setAnswering(question) : null}
                />
              ))}
            </ul>
          </Card>
        )}
      </div>
      <AnswerDialog question={answering} onClose={() => setAnswering(null)} />
    </Page>
  );
}

interface QuestionRowProps {
  question: UnansweredQuestion;
  onAnswer: (() => void) | null;
}

function QuestionRow({ question, onAnswer }: QuestionRowProps) {
  const { count, last_at, agent_id, conversation_id } = question;
  const agents = useQuery(allAgentsQuery);
  const dismiss = useDismissQuestion();
  const agent = agents.data?.data.find(({ id }) => id === agent_id);
  const others = question.examples.filter((example) => example !== question.question);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 px-4 py-4">
      <div className="grid min-w-0 flex-1 basis-64 gap-1.5">
        <p dir="auto" className="break-words font-medium">
          “{question.question}”
        </p>
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted-foreground text-xs">
          <Badge variant={count > 1 ? "warning" : "outline"} className="tabular-nums">
            {count === 1 ? "asked once" : `asked ${count} times`}
          </Badge>
          <span>
            last <RelativeTime at={last_at} />
          </span>
          {agent ? <span>by visitors of {agent.name}</span> : null}
        </p>
        {others.length > 0 ? (
          <details className="text-sm">
            <summary className="focus-mark touch-target w-fit content-center rounded-sm text-muted-foreground text-xs hover:text-foreground">
              {others.length === 1 ? "1 other wording" : `${others.length} other wordings`}
            </summary>
            <ul className="mt-1.5 grid list-disc gap-1 pl-5 text-muted-foreground">
              {others.map((example) => (
                <li key={example} dir="auto">
                  {example}
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
      <div className="flex gap-2">
        {conversation_id ? (
          <Button asChild variant="ghost" size="sm" className="text-muted-foreground">
            <Link
              to="/dashboard/conversations/$conversationId"
              params={{ conversationId: conversation_id }}
            >
              <MessageSquareQuote />
              Conversation
            </Link>
          </Button>
        ) : null}
        {onAnswer ? (
          <>
            <Button variant="outline" size="sm" onClick={onAnswer}>
              <PenLine />
              Write an answer
            </Button>
            <Tooltip content="Needs no answer">
              <Button
                variant="ghost"
                size="icon-sm"
                className="text-muted-foreground"
                aria-label={`Dismiss “${question.question}”`}
                onClick={() =>
                  dismiss.mutate(question.id, {
                    onError: (error) => toast.error(messageOf(error)),
                  })
                }
              >
                <X />
              </Button>
            </Tooltip>
          </>
        ) : null}
      </div>
    </li>
  );
}
