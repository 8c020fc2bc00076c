import type { Plugin } from "vite";

/** Where, in the pinned version of marked, the lexer's classes end and the HTML side is put to work. */
const INSTANCE = /var \w+=new \w+;function \w+\(\w+,\w+\)\{return \w+\.parse\(/;
const LEXER = /(\w+) as Lexer\b/;

/** The grammars of the first Markdown, which nobody here reads: the blocks', and what stands in a line. */
const PEDANTIC_BLOCKS =
  /,(\w+)=\{\.\.\.\w+,html:\w+\(`[\s\S]*?lheading",\w+\)[\s\S]*?getRegex\(\)\}(?=,)/;
const PEDANTIC_INLINE =
  /,(\w+)=\{\.\.\.\w+,emStrongLDelim:(\w+),emStrongRDelimAst:(\w+),emStrongRDelimUnd:(\w+),link:.*?getRegex\(\)\}(?=,)/;

/**
 * Keep of marked what the widget uses: the lexer.
 *
 * The module builds an instance of its HTML renderer when it is loaded, and compiles grammars that are
 * only read when asked for, which no bundler may leave out. Without those lines the renderer, the parser
 * and the extension system have no user and go. Fails the build rather than guess when a new version of
 * marked looks different.
 */
export function leanMarked(): Plugin {
  return {
    name: "medea:lean-marked",
    enforce: "pre",
    transform: {
      filter: { id: /marked\.esm\.js$/ },
      handler(code) {
        const at = code.search(INSTANCE);
        const lexer = found(LEXER.exec(code))[1];
        if (at < 0) throw changed();
        return {
          code: `${withoutPedantic(code.slice(0, at))}export{${lexer} as Lexer};`,
          map: null,
        };
      },
    },
  };
}

function withoutPedantic(code: string): string {
  const [blocks, ofBlocks] = found(PEDANTIC_BLOCKS.exec(code));
  const [inline, ofInline, ...delimiters] = found(PEDANTIC_INLINE.exec(code));
  let kept = code.replace(blocks ?? "", "").replace(inline ?? "", "");
  for (const name of [ofBlocks, ofInline]) kept = without(kept, `pedantic:${name}`, "pedantic:0");
  for (const name of delimiters) {
    const from = kept.indexOf(`,${name}=`);
    const end = kept.indexOf(".getRegex()", from) + ".getRegex()".length;
    if (from < 0) throw changed();
    kept = kept.slice(0, from) + kept.slice(end);
  }
  return kept;
}

function without(code: string, part: string, instead: string): string {
  if (!code.includes(part)) throw changed();
  return code.replace(part, instead);
}

function found(match: RegExpExecArray | null): RegExpExecArray {
  if (!match) throw changed();
  return match;
}

const changed = (): Error => new Error("marked has changed: see build/lean-marked.ts");
