import { strings } from "../strings/index.ts";
import { Avatar } from "./Avatar.tsx";
import { CloseIcon, NewIcon } from "./icons.tsx";

interface HeaderProps {
  title: string | null;
  subtitle: string | null;
  canStartOver: boolean;
  onStartOver: () => void;
  onClose: (() => void) | undefined;
}

export function Header({ title, subtitle, canStartOver, onStartOver, onClose }: HeaderProps) {
  const words = strings();
  return (
    <header className="header">
      <Avatar title={title} size="medium" />
      <div className="header-names">
        <h1 dir="auto">{title ?? <span className="skeleton">{words.chat}</span>}</h1>
        {subtitle ? <p dir="auto">{subtitle}</p> : null}
      </div>
      {canStartOver ? (
        <button
          type="button"
          className="icon-button"
          onClick={onStartOver}
          aria-label={words.newConversation}
          title={words.newConversation}
        >
          <NewIcon />
        </button>
      ) : null}
      {onClose ? (
        <button
          type="button"
          className="icon-button"
          onClick={onClose}
          aria-label={words.close}
          title={words.close}
        >
          <CloseIcon />
        </button>
      ) : null}
    </header>
  );
}
