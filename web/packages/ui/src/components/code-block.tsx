import { type ReactNode, useMemo, useRef } from "react";
import { cn } from "../cn";
import { CopyButton } from "./copy-button";
import { type CodeLanguage, highlight, type TokenKind } from "./highlight";
import { useScrollable } from "./use-scrollable";

const colours: Record<TokenKind, string | undefined> = {
  plain: undefined,
  keyword: "text-(--code-keyword)",
  string: "text-(--code-string)",
  number: "text-(--code-number)",
  comment: "text-(--code-comment)",
};

export interface CodeBlockProps {
  code: string;
  language?: CodeLanguage;
  /** What the code is, for the copy button and the scrolling region. */
  label?: string;
  /** Shown in a bar above the code, e.g. a file name. */
  title?: ReactNode;
  wrap?: boolean;
  copyable?: boolean;
  onCopied?: () => void;
  className?: string;
}

/** Code with a copy button. Colours follow the theme; the text is selectable as it is. */
export function CodeBlock(props: CodeBlockProps) {
  const {
    code,
    language = "text",
    label = "code",
    title,
    wrap = false,
    copyable = true,
    onCopied,
    className,
  } = props;
  const scroller = useRef<HTMLPreElement>(null);
  const scrollable = useScrollable(scroller);
  const tokens = useMemo(() => highlight(code, language), [code, language]);
  const copy = copyable ? (
    <CopyButton value={code} label={`Copy ${label}`} {...(onCopied ? { onCopied } : {})} />
  ) : null;
  return (
    <div
      data-slot="code-block"
      className={cn("relative min-w-0 overflow-hidden rounded-lg border bg-code", className)}
    >
      {title ? (
        <div className="flex h-9 items-center justify-between gap-2 border-b pr-1 pl-3 text-muted-foreground text-xs">
          <div className="min-w-0 truncate">{title}</div>
          {copy}
        </div>
      ) : copy ? (
        <div className="absolute top-1 right-1 rounded-md bg-code">{copy}</div>
      ) : null}
      <pre
        ref={scroller}
        className={cn(
          "focus-mark max-h-[28rem] overflow-auto px-3.5 py-3 font-mono text-xs leading-[1.6] -outline-offset-2",
          wrap && "whitespace-pre-wrap break-words",
          !title && copyable && "pr-11",
        )}
        {...(scrollable ? { tabIndex: 0, role: "region", "aria-label": label } : {})}
      >
        <code>
          {tokens.map((token, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity of their own.
            <span key={index} className={colours[token.kind]}>
              {token.text}
            </span>
          ))}
        </code>
      </pre>
    </div>
  );
}
