import type { Plugin } from "vite";

/** Where, in the pinned version of marked, the lexer's classes end and the HTML side is put to work. */
const INSTANCE = /var \w+=new \w+;function \w+\(\w+,\w+\)\{return \w+\.parse\(/;
const LEXER = /(\w+) as Lexer\b/;

/**
 * Keep of marked what the widget uses: the lexer.
 *
 * The module builds an instance of its HTML renderer when it is loaded, which no bundler may leave
 * out. Without those lines the renderer, the parser and the extension system have no user and go.
 * Fails the build rather than guess when a new version of marked looks different.
 */
export function leanMarked(): Plugin {
  return {
    name: "medea:lean-marked",
    enforce: "pre",
    transform: {
      filter: { id: /marked\.esm\.js$/ },
      handler(code) {
        const at = code.search(INSTANCE);
        const lexer = LEXER.exec(code)?.[1];
        if (at < 0 || !lexer) throw new Error("marked has changed: see build/lean-marked.ts");
        return { code: `${code.slice(0, at)}export{${lexer} as Lexer};`, map: null };
      },
    },
  };
}
