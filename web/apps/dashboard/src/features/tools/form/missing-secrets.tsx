import { Button, Notice } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWatch } from "react-hook-form";
import { secretsQuery } from "../queries";
import { SecretDialog, type SecretTask } from "../vault/secret-dialog";
import { secretsIn, type ToolValues } from "./values";

/** Secrets that the headers name and the vault lacks, with the way to put them in. */
export function MissingSecrets() {
  const headers = useWatch<ToolValues, "headers">({ name: "headers" });
  const known = useQuery(secretsQuery).data?.map(({ name }) => name);
  const [task, setTask] = useState<SecretTask | null>(null);
  const missing = known ? secretsIn(headers).filter((name) => !known.includes(name)) : [];
  return (
    <>
      {missing.map((name) => (
        <Notice
          key={name}
          variant="warning"
          action={
            <Button variant="outline" size="xs" onClick={() => setTask({ kind: "new", name })}>
              Add it<span className="sr-only"> to the vault: {name}</span>
            </Button>
          }
        >
          <span className="break-all font-mono text-xs">{name}</span> is not in the vault yet:
          requests fail until it is.
        </Notice>
      ))}
      <SecretDialog task={task} onClose={() => setTask(null)} />
    </>
  );
}
