export { Markdown, type MarkdownProps } from "./markdown";
export type { Range } from "./marks";
export { plainText } from "./plain-text";
