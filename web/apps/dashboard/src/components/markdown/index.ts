export { Markdown, type MarkdownProps } from "./markdown";
export { plainText } from "./plain-text";
