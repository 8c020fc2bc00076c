export { EmbedPanel } from "./embed-panel";
export { SnippetTabs } from "./snippet-tabs";
export type { Snippet } from "./snippets";
