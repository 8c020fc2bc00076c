import { Lexer, type Token, type TokensList } from "marked";

const OPTIONS = { gfm: true, breaks: true } as const;

/** A top-level block and the source it came from, by which its drawing is remembered. */
export interface Block {
  key: number;
  raw: string;
  token: Token;
}

/** What a streaming text has been cut into so far. */
export interface BlockCache {
  text: string;
  /** Blocks that later text can no longer change, and how long their source is. */
  frozen: Block[];
  frozenLength: number;
}

export const emptyCache = (): BlockCache => ({ text: "", frozen: [], frozenLength: 0 });

function toBlocks(tokens: Token[] | TokensList, from: number): Block[] {
  return tokens.map((token, index) => ({ key: from + index, raw: token.raw, token }));
}

/**
 * Cut Markdown into blocks. While it streams, only the last two blocks are read again with every
 * piece, so a long answer costs as much per piece as a short one; when it is finished the whole is read
 * once more, which mends what a block boundary guessed early got wrong (reference links, loose lists).
 */
export function readBlocks(text: string, isStreaming: boolean, cache: BlockCache): Block[] {
  if (!isStreaming) {
    Object.assign(cache, emptyCache());
    return toBlocks(Lexer.lex(text, OPTIONS), 0);
  }
  if (!text.startsWith(cache.text)) Object.assign(cache, emptyCache());
  const tail = toBlocks(Lexer.lex(text.slice(cache.frozenLength), OPTIONS), cache.frozen.length);
  // The last block may still grow and the one before may yet be its beginning.
  const settled = tail.slice(0, -2);
  cache.text = text;
  if (settled.length > 0 && tailMatches(text, cache.frozenLength, settled)) {
    cache.frozen = [...cache.frozen, ...settled];
    cache.frozenLength += settled.reduce((sum, block) => sum + block.raw.length, 0);
    return [...cache.frozen, ...tail.slice(-2)];
  }
  return [...cache.frozen, ...tail];
}

/** The lexer normalises some sources (tabs, `\r\n`); such blocks are not counted by their length. */
function tailMatches(text: string, from: number, blocks: Block[]): boolean {
  return text.startsWith(blocks.map((block) => block.raw).join(""), from);
}

/** Close what the end of a streaming text has left open, so that it does not flicker as plain signs. */
export function mendTail(text: string): string {
  let mended = text.replace(/!?\[([^\]\n]*)\]\([^)\s]*$/, "$1").replace(/!?\[([^\]\n]*)$/, "$1");
  const ticks = (mended.match(/`/g) ?? []).length;
  if (ticks % 2 === 1 && !mended.includes("```")) mended += "`";
  for (const mark of ["**", "~~"]) {
    if (mended.split(mark).length % 2 === 0) {
      mended = mended.endsWith(mark) ? mended.slice(0, -mark.length) : mended.trimEnd() + mark;
    }
  }
  return mended;
}
