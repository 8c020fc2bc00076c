import { explainUnavailable } from "../session/unavailable.ts";
import { strings } from "../strings/index.ts";
import { Header } from "./Header.tsx";
import { AlertIcon } from "./icons.tsx";

interface UnavailableProps {
  error: unknown;
  onRetry: () => void;
  onClose: (() => void) | undefined;
}

/** There is no chat: say why, and offer what can help. */
export function Unavailable({ error, onRetry, onClose }: UnavailableProps) {
  const words = strings();
  const { text, canRetry } = explainUnavailable(error);
  return (
    <main className="chat">
      <Header
        title={words.chat}
        subtitle={null}
        canStartOver={false}
        onStartOver={onRetry}
        onClose={onClose}
      />
      <div className="unavailable" role="alert">
        <AlertIcon />
        <h2>{words.unavailable.title}</h2>
        <p>{text}</p>
        {canRetry ? (
          <button type="button" className="text-button" onClick={onRetry}>
            {words.retry}
          </button>
        ) : null}
      </div>
    </main>
  );
}
