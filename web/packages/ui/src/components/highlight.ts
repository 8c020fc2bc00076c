export type TokenKind = "plain" | "keyword" | "string" | "number" | "comment";
export interface Token {
  kind: TokenKind;
  text: string;
}

export type CodeLanguage = "json" | "bash" | "python" | "javascript" | "tsx" | "html" | "text";

const keywords: Partial<Record<CodeLanguage, string>> = {
  json: "true|false|null",
  bash: "curl|export|npm|npx|pip|install",
  python: "from|import|for|in|if|else|with|as|def|return|class|None|True|False|print|await|async",
  javascript:
    "import|from|const|let|for|of|await|async|new|return|export|default|function|true|false|null",
  tsx: "import|from|const|let|for|of|await|async|new|return|export|default|function|true|false|null",
};

const strings = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'|\`(?:[^\`\\\\]|\\\\.)*\``;

function pattern(language: CodeLanguage): RegExp | null {
  if (language === "text") return null;
  if (language === "html") {
    return /(?<comment><!--[\s\S]*?-->)|(?<string>"[^"]*")|(?<keyword><\/?[a-zA-Z][\w-]*|\/?>)|(?<number>(?!))/gu;
  }
  const comment =
    language === "python" || language === "bash"
      ? "(?<=^|\\s)#[^\\n]*"
      : language === "json"
        ? "(?!)"
        : "//[^\\n]*";
  const string = language === "json" ? '"(?:[^"\\\\\\n]|\\\\.)*"' : strings;
  const number = "(?<![\\w.])-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?(?![\\w.])";
  return new RegExp(
    `(?<comment>${comment})|(?<string>${string})|(?<keyword>(?<![\\w.-])(?:${keywords[language] ?? "(?!)"})(?![\\w-]))|(?<number>${number})`,
    "gmu",
  );
}

/** Cut code into coloured pieces; the pieces joined are always the input. */
export function highlight(code: string, language: CodeLanguage): Token[] {
  const matcher = pattern(language);
  if (!matcher) return [{ kind: "plain", text: code }];
  const tokens: Token[] = [];
  let last = 0;
  for (const match of code.matchAll(matcher)) {
    if (match.index > last) tokens.push({ kind: "plain", text: code.slice(last, match.index) });
    const groups = match.groups ?? {};
    const kind = (["comment", "string", "keyword", "number"] as const).find(
      (name) => groups[name] !== undefined,
    );
    tokens.push({ kind: kind ?? "plain", text: match[0] });
    last = match.index + match[0].length;
  }
  if (last < code.length) tokens.push({ kind: "plain", text: code.slice(last) });
  return tokens;
}
