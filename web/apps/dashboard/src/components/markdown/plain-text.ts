/** Markdown in one line without its marks, for previews; also right for a text that was cut off. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)\s]*\)?/gu, "$1")
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+]|\d+[.)])[ \t]+/gmu, "")
    .replace(/^[ \t]*(?:```|~~~).*$/gmu, "")
    .replace(/\*\*|__|~~|`/gu, "")
    .replace(/(?<![\p{L}\p{N}])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}])/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
}
