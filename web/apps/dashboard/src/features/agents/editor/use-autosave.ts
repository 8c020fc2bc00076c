import { type Agent, type AgentDraft, ApiError } from "@medea/api";
import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { api } from "@/lib/api";
import { useStoreAgent } from "../queries";
import { draftReducer, emptyDraft, saveStatus, shownDraft, unsaved } from "./draft-state";

const PAUSE_MS = 700;
const RETRY_MS = 5_000;

/** Keeps the server's draft at what is typed: after a pause, one save at a time. */
export function useAutosave(agent: Agent) {
  const [state, dispatch] = useReducer(draftReducer, emptyDraft);
  const store = useStoreAgent();
  // The save loop outlives the render it was started in, so it reads the latest of both here.
  const latest = useRef({ agent, state, store });
  latest.current = { agent, state, store };
  const running = useRef<Promise<boolean> | null>(null);

  const saveOnce = useCallback(async (): Promise<boolean> => {
    const changes = unsaved(latest.current.agent, latest.current.state);
    if (!changes) return true;
    dispatch({ type: "saving" });
    try {
      const saved = await api.agents.update(latest.current.agent.id, changes);
      dispatch({ type: "saved", sent: changes });
      latest.current.store(saved);
      return true;
    } catch (error) {
      dispatch({ type: "failed", error });
      return false;
    }
  }, []);

  const flush = useCallback(async (): Promise<boolean> => {
    // Wait out a save that began earlier: it may lack what was typed since.
    if (running.current) await running.current;
    running.current = saveOnce();
    const isSaved = await running.current;
    running.current = null;
    return isSaved;
  }, [saveOnce]);

  const status = saveStatus(agent, state);
  const isRefused = state.error instanceof ApiError && state.error.status < 500;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each keystroke starts the pause anew
  useEffect(() => {
    if (status === "pending") {
      const timer = setTimeout(() => void flush(), PAUSE_MS);
      return () => clearTimeout(timer);
    }
    if (status === "failed") {
      // A refused value is sent again only when it was changed; a lost connection on its own.
      const timer = isRefused ? undefined : setTimeout(() => void flush(), RETRY_MS);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [status, state.typed, isRefused, flush]);

  const edit = useCallback((values: Partial<AgentDraft>) => {
    dispatch({ type: "edit", values });
  }, []);
  const reset = useCallback(() => dispatch({ type: "reset" }), []);
  const shown = useMemo(() => shownDraft(agent, state), [agent, state]);

  return useMemo(
    () => ({ agent: shown, edit, status, error: state.error, flush, reset }),
    [shown, edit, status, state.error, flush, reset],
  );
}
