import { type ImportedTool, messageOf } from "@medea/api";
import { Badge, Button, Checkbox, EmptyState, Notice } from "@medea/ui";
import { ArrowLeft, SearchX } from "lucide-react";
import { useId, useState } from "react";
import { useImportDocument } from "../queries";
import type { ReadDocument } from "./document-form";

/** As many as one request imports. */
const MOST = 50;

interface OperationPickerProps {
  read: ReadDocument;
  onBack: () => void;
  onImported: (made: ImportedTool[]) => void;
}

/** Which operations are to become tools. */
export function OperationPicker({ read, onBack, onImported }: OperationPickerProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const run = useImportDocument();
  const usable = read.operations.filter(({ problem }) => problem === null);
  const isAll = usable.length > 0 && chosen.length === Math.min(usable.length, MOST);
  const all = usable.slice(0, MOST).map(({ operation }) => operation);
  const toggle = (operation: string, on: boolean) =>
    setChosen((before) =>
      on ? [...before, operation] : before.filter((one) => one !== operation),
    );
  const back = (
    <Button variant="outline" onClick={onBack}>
      <ArrowLeft />
      Back to the document
    </Button>
  );
  if (read.operations.length === 0) {
    return (
      <EmptyState
        bare
        icon={SearchX}
        title="No operation in this document"
        description="Its “paths” name none with GET, POST, PUT, PATCH or DELETE."
        action={back}
      />
    );
  }
  return (
    <div className="grid grid-cols-1 gap-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold text-base">Choose operations</h2>
        <Button
          variant="ghost"
          size="sm"
          disabled={usable.length === 0}
          onClick={() => setChosen(isAll ? [] : all)}
        >
          {isAll ? "Choose none" : usable.length > MOST ? `Choose the first ${MOST}` : "Choose all"}
        </Button>
      </div>
      <ul className="divide-y rounded-lg border" aria-label="Operations">
        {read.operations.map((each) => (
          <OperationRow
            key={each.operation}
            operation={each}
            isChosen={chosen.includes(each.operation)}
            isFull={chosen.length >= MOST}
            onToggle={(on) => toggle(each.operation, on)}
          />
        ))}
      </ul>
      {run.isError ? (
        <Notice variant="destructive" role="alert">
          {messageOf(run.error)}
        </Notice>
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button
          disabled={chosen.length === 0}
          loading={run.isPending}
          onClick={() =>
            run.mutate({ ...read.source, operations: [...chosen] }, { onSuccess: onImported })
          }
        >
          {chosen.length === 1 ? "Make 1 tool" : `Make ${chosen.length} tools`}
        </Button>
        {back}
      </div>
    </div>
  );
}

interface OperationRowProps {
  operation: ImportedTool;
  isChosen: boolean;
  isFull: boolean;
  onToggle: (on: boolean) => void;
}

function OperationRow({ operation, isChosen, isFull, onToggle }: OperationRowProps) {
  const id = useId();
  const { problem } = operation;
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <Checkbox
        id={id}
        className="mt-0.5"
        checked={isChosen}
        disabled={problem !== null || (isFull && !isChosen)}
        aria-describedby={`${id}-about`}
        onCheckedChange={(on) => onToggle(on === true)}
      />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <label
          htmlFor={id}
          className="flex flex-wrap items-center gap-x-2 gap-y-1 break-all font-medium font-mono text-xs leading-5"
        >
          {operation.name || operation.operation}
          {operation.method ? <Badge variant="outline">{operation.method}</Badge> : null}
        </label>
        <div id={`${id}-about`} className="grid gap-0.5 text-xs">
          <p className="line-clamp-2 text-muted-foreground">{operation.description}</p>
          {operation.url ? (
            <p className="break-all text-muted-foreground">{operation.url}</p>
          ) : null}
          {problem ? <p className="text-warning">{problem}</p> : null}
        </div>
      </div>
    </li>
  );
}
