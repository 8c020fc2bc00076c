import type { ChatMessage } from "@medea/chat";
import { useState } from "react";
import type { ChatVerbs } from "../components/Chat.tsx";
import { AgainIcon, CheckIcon, CopyIcon, DownIcon, UpIcon } from "../components/icons.tsx";
import { strings } from "../strings/index.ts";
import { copyText } from "./copy.ts";

interface MessageActionsProps {
  message: ChatMessage;
  isLast: boolean;
  canRegenerate: boolean;
  verbs: ChatVerbs;
}

const CONFIRMED_MS = 1_800;

/** What one may do with a finished answer. */
export function MessageActions({ message, isLast, canRegenerate, verbs }: MessageActionsProps) {
  const words = strings();
  const [copied, setCopied] = useState(false);
  const { key, feedback } = message;

  const copy = async () => {
    if (!(await copyText(message.text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), CONFIRMED_MS);
  };

  return (
    <div className={`actions${isLast || feedback ? " is-shown" : ""}`}>
      <button
        type="button"
        onClick={copy}
        aria-label={copied ? words.copied : words.copy}
        title={copied ? words.copied : words.copy}
      >
        {copied ? <CheckIcon /> : <CopyIcon />}
      </button>
      <button
        type="button"
        onClick={() => verbs.rate(key, "up")}
        aria-pressed={feedback === "up"}
        aria-label={words.good}
        title={words.good}
      >
        <UpIcon filled={feedback === "up"} />
      </button>
      <button
        type="button"
        onClick={() => verbs.rate(key, "down")}
        aria-pressed={feedback === "down"}
        aria-label={words.bad}
        title={words.bad}
      >
        <DownIcon filled={feedback === "down"} />
      </button>
      {canRegenerate ? (
        <button
          type="button"
          onClick={() => verbs.regenerate(key)}
          aria-label={words.regenerate}
          title={words.regenerate}
        >
          <AgainIcon />
        </button>
      ) : null}
    </div>
  );
}
