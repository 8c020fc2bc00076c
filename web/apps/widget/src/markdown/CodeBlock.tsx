import { useState } from "react";
import { CheckIcon, CopyIcon } from "../components/icons.tsx";
import { copyText } from "../conversation/copy.ts";
import { strings } from "../strings/index.ts";

interface CodeBlockProps {
  text: string;
  language: string;
}

export function CodeBlock({ text, language }: CodeBlockProps) {
  const words = strings();
  const [copied, setCopied] = useState(false);
  const label = copied ? words.copied : words.copyCode;
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1_800);
  };
  return (
    <div className="code" dir="ltr">
      <div className="code-bar">
        <span>{language.split(/\s/)[0] ?? ""}</span>
        <button type="button" onClick={copy} aria-label={label} title={label}>
          {copied ? <CheckIcon /> : <CopyIcon />}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by keyboard. */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}
