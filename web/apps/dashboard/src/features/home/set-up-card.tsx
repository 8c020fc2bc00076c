import { Button, cn, Skeleton } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { ArrowRight, Check } from "lucide-react";
import { useCan } from "@/lib/session";
import { focusAgent, nextStep, type SetUpFacts, type Step, setUpSteps } from "./checklist";

export function SetUpCard({ facts }: { facts: SetUpFacts }) {
  const canWrite = useCan("agents:write");
  const steps = setUpSteps(facts);
  const next = nextStep(steps);
  const done = steps.filter((step) => step.isDone).length;
  const agentId = focusAgent(facts.agents)?.id ?? null;
  if (!next) return null;
  return (
    <section
      aria-labelledby="set-up"
      className="overflow-hidden rounded-xl border bg-card shadow-xs"
    >
      <div className="flex flex-wrap items-end justify-between gap-3 px-5 pt-5">
        <div>
          <h2 id="set-up" className="font-semibold text-base">
            From here to your first conversation
          </h2>
          <p className="mt-0.5 text-muted-foreground text-sm">
            {done} of {steps.length} done
            {canWrite ? "" : ". Your role can look on; an editor takes these steps"}
          </p>
        </div>
        <div
          aria-hidden="true"
          className="h-1.5 w-full overflow-hidden rounded-full bg-foreground/10 sm:w-48"
        >
          <div
            className="h-full rounded-full bg-primary transition-[width]"
            style={{ width: `${(done / steps.length) * 100}%` }}
          />
        </div>
      </div>
      <ol className="mt-4 divide-y border-t">
        {steps.map((step, index) => (
          <StepRow
            key={step.key}
            step={step}
            number={index + 1}
            isNext={step === next}
            canWrite={canWrite}
            agentId={agentId}
          />
        ))}
      </ol>
    </section>
  );
}

interface StepRowProps {
  step: Step;
  number: number;
  isNext: boolean;
  canWrite: boolean;
  agentId: string | null;
}

function StepRow({ step, number, isNext, canWrite, agentId }: StepRowProps) {
  return (
    <li
      aria-current={isNext ? "step" : undefined}
      className={cn(
        "flex flex-wrap items-center gap-x-3.5 gap-y-2.5 px-5 py-3",
        isNext && "bg-primary/5",
      )}
    >
      <span
        className={cn(
          "grid size-6 shrink-0 place-items-center rounded-full border font-medium text-2xs",
          step.isDone && "border-transparent bg-primary text-primary-foreground",
          isNext && "border-primary text-primary",
        )}
      >
        {step.isDone ? <Check className="size-3.5" aria-label="Done" /> : number}
      </span>
      <div className="min-w-0 flex-1 max-sm:basis-48">
        <p className={cn("font-medium text-sm", step.isDone && "text-muted-foreground")}>
          {step.title}
        </p>
        {isNext ? <p className="text-muted-foreground text-xs">{step.why}</p> : null}
      </div>
      {isNext && canWrite ? (
        <Button asChild size="sm" className="max-sm:ml-9.5">
          <StepLink step={step} agentId={agentId} />
        </Button>
      ) : null}
    </li>
  );
}

function StepLink({ step, agentId, ...slot }: { step: Step; agentId: string | null }) {
  const label = (
    <>
      {step.key === "conversation" ? "Open the embed code" : step.title}
      <ArrowRight />
    </>
  );
  if (step.key === "create" || agentId === null) {
    return (
      <Link to="/dashboard/agents" search={{ new: true }} {...slot}>
        {label}
      </Link>
    );
  }
  const to =
    step.key === "embed" || step.key === "conversation"
      ? "/dashboard/agents/$agentId/embed"
      : "/dashboard/agents/$agentId/prompt";
  return (
    <Link to={to} params={{ agentId }} {...slot}>
      {label}
    </Link>
  );
}

export function SetUpSkeleton() {
  return (
    <div className="rounded-xl border bg-card p-5" aria-busy="true">
      <Skeleton className="h-5 w-64 max-w-full" />
      <Skeleton className="mt-2 h-4 w-24" />
      <div className="mt-6 grid gap-5">
        {[1, 2, 3, 4, 5, 6].map((n) => (
          <div key={n} className="flex items-center gap-3.5">
            <Skeleton className="size-6 rounded-full" />
            <Skeleton className="h-4 w-48" />
          </div>
        ))}
      </div>
    </div>
  );
}
