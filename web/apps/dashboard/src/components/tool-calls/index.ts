export { ToolAsk } from "./tool-ask";
export { ToolCalls } from "./tool-calls";
