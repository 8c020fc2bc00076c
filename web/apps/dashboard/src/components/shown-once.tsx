import {
  Button,
  CheckboxField,
  CopyButton,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@medea/ui";
import { type ReactNode, useState } from "react";

export interface ShownOnceProps {
  title: string;
  description: string;
  value: string;
  copyLabel: string;
  testId: string;
  /** What to agree to before leaving; without it the value can be looked up again. */
  confirmation?: string | undefined;
  /** Below the value: what it is for, what to do when it is lost. */
  children?: ReactNode;
  onDone: () => void;
}

/** A value in full, in a dialog; of one that is shown this one time only a decision leads away. */
export function ShownOnce({
  title,
  description,
  value,
  copyLabel,
  testId,
  confirmation,
  children,
  onDone,
}: ShownOnceProps) {
  const [isSaved, setSaved] = useState(false);
  return (
    <div className="grid grid-cols-1 gap-5">
      <DialogHeader>
        <DialogTitle>{title}</DialogTitle>
        <DialogDescription>{description}</DialogDescription>
      </DialogHeader>
      <div className="flex items-center gap-2 rounded-lg border bg-code p-1.5 pl-3">
        <code
          data-testid={testId}
          className="min-w-0 flex-1 select-all break-all font-mono text-xs"
        >
          {value}
        </code>
        <CopyButton value={value} label={copyLabel} showLabel variant="outline" />
      </div>
      {children}
      {confirmation ? (
        <CheckboxField
          label={confirmation}
          checked={isSaved}
          onCheckedChange={(on) => setSaved(on === true)}
        />
      ) : null}
      <DialogFooter>
        <Button onClick={onDone} disabled={confirmation !== undefined && !isSaved}>
          Done
        </Button>
      </DialogFooter>
    </div>
  );
}
