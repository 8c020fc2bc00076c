import { type Agent, type AgentDraft, ApiError } from "@medea/api";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { useCan } from "@/lib/session";
import type { SaveStatus } from "./draft-state";
import { useAutosave } from "./use-autosave";

export interface DraftContextValue {
  /** The agent with everything typed so far. */
  agent: Agent;
  edit: (values: Partial<AgentDraft>) => void;
  status: SaveStatus;
  error: unknown;
  /** The server's remark on a field, if it refused it. */
  fieldError: (field: string) => string | undefined;
  /** Save now; false when the server refused or could not be reached. */
  flush: () => Promise<boolean>;
  /** Forget what was typed: the server's draft was replaced as a whole. */
  reset: () => void;
  canWrite: boolean;
}

const DraftContext = createContext<DraftContextValue | null>(null);

export function DraftProvider({ agent, children }: { agent: Agent; children: ReactNode }) {
  const canWrite = useCan("agents:write");
  const autosave = useAutosave(agent);
  const value = useMemo<DraftContextValue>(() => {
    const fields = autosave.error instanceof ApiError ? autosave.error.fields : {};
    return {
      ...autosave,
      canWrite,
      fieldError: (field) =>
        fields[field] ?? Object.entries(fields).find(([key]) => key.startsWith(`${field}.`))?.[1],
    };
  }, [autosave, canWrite]);
  return <DraftContext value={value}>{children}</DraftContext>;
}

export function useDraft(): DraftContextValue {
  const value = useContext(DraftContext);
  if (!value) throw new Error("useDraft needs a DraftProvider");
  return value;
}
