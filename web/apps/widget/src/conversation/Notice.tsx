import type { ChatState } from "@medea/chat";
import { CloseIcon } from "../components/icons.tsx";
import { strings } from "../strings/index.ts";
import { explainProblem } from "./failures.ts";

interface NoticeProps {
  chat: ChatState;
  onDismiss: () => void;
}

/** One line under the header for what concerns the whole conversation. */
export function Notice({ chat, onDismiss }: NoticeProps) {
  const words = strings();
  const { connection, problem } = chat;
  const network =
    connection === "offline"
      ? words.offline
      : connection === "reconnecting"
        ? words.reconnecting
        : null;
  return (
    <div role="status" className="notices">
      {network ? (
        <p className="notice">
          <span className="pulse" aria-hidden="true" />
          {network}
        </p>
      ) : null}
      {problem && !network ? (
        <div className="notice notice-problem">
          <span>{explainProblem(problem)}</span>
          <button
            type="button"
            className="icon-button"
            onClick={onDismiss}
            aria-label={words.dismiss}
          >
            <CloseIcon />
          </button>
        </div>
      ) : null}
    </div>
  );
}
