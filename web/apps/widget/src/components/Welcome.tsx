import type { WidgetConfig } from "../session/types.ts";
import { strings } from "../strings/index.ts";
import { Avatar } from "./Avatar.tsx";
import { ArrowRightIcon } from "./icons.tsx";

interface WelcomeProps {
  title: string | null;
  config: WidgetConfig | null;
  isLoading: boolean;
  onAsk: (text: string) => void;
}

/** What a visitor sees before the first question: who answers, and what one might ask. */
export function Welcome({ title, config, isLoading, onAsk }: WelcomeProps) {
  const words = strings();
  if (isLoading) {
    return (
      <div className="welcome" aria-busy="true">
        <Avatar title={title} size="large" />
        <div className="skeleton-lines" aria-hidden="true">
          <span />
          <span />
        </div>
      </div>
    );
  }
  const questions = config?.suggested_questions ?? [];
  return (
    <div className="welcome">
      <Avatar title={title} size="large" />
      <p className="welcome-greeting" dir="auto">
        {config?.greeting || words.defaultGreeting}
      </p>
      {questions.length > 0 ? (
        <ul className="suggestions" aria-label={words.suggestions}>
          {questions.map((question) => (
            <li key={question}>
              <button type="button" onClick={() => onAsk(question)} dir="auto">
                <span>{question}</span>
                <ArrowRightIcon />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
