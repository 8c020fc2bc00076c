import { type ChatMessage, ProblemError } from "@medea/chat";
import { useState } from "react";
import type { ChatVerbs } from "../components/Chat.tsx";
import { words } from "./words.ts";

interface Sent {
  isSending: boolean;
  problem: string | null;
  /** Messages for single fields, by name. */
  fields: Record<string, string>;
  /** Tell the server what the visitor decided; the reply then goes on. */
  send: (path: "approvals" | "forms", body: object) => Promise<void>;
}

/** Answer what a reply waits for. */
export function useAnswer(message: ChatMessage, verbs: ChatVerbs): Sent {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [fields, setFields] = useState<Record<string, string>>({});

  const send: Sent["send"] = async (path, body) => {
    const store = verbs.store();
    if (!store || !message.turnId || isSending) return;
    setSending(true);
    setProblem(null);
    setFields({});
    const { turnId } = message;
    const goOn = () => {
      // Who has begun anew meanwhile, or is somebody else now, must not get the old answer back.
      if (!store.getState().messages.some((it) => it.turnId === turnId)) return;
      void store.resume(turnId);
      verbs.focusField();
    };
    try {
      await store.options.client.request(`/v1/turns/${turnId}/${path}`, { method: "POST", body });
      goOn();
    } catch (error) {
      const found = fieldsOf(error);
      setFields(found);
      if (Object.keys(found).length === 0) setProblem(explain(error));
      setSending(false);
      // It went on without us, in another tab or when its time was up: show how.
      if (isLate(error)) goOn();
    }
  };
  return { isSending, problem, fields, send };
}

function fieldsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  const problems = error.problem.errors ?? [];
  return Object.fromEntries(
    problems.map(({ field, message }) => [field.replace(/^answers\./, ""), message]),
  );
}

const isLate = (error: unknown): boolean => error instanceof ProblemError && error.status === 409;

const explain = (error: unknown): string => (isLate(error) ? words().over : words().notSent);
