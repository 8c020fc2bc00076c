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
    try {
      const url = `/v1/turns/${message.turnId}/${path}`;
      await store.options.client.request(url, { method: "POST", body });
      void store.resume(message.turnId);
    } catch (error) {
      const found = fieldsOf(error);
      setFields(found);
      if (Object.keys(found).length === 0) setProblem(explain(error));
      setSending(false);
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

const explain = (error: unknown): string =>
  error instanceof ProblemError && error.status === 409 ? words().over : words().notSent;
