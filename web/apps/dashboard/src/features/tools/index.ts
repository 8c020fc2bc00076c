export { ImportPage } from "./import/import-page";
export { ToolsPage } from "./list/tools-page";
export { CallbackPage } from "./mcp/callback-page";
export { ConnectPage } from "./mcp/connect-page";
export { serverQuery, usableToolsQuery } from "./mcp/queries";
export { ServerPage } from "./mcp/server-page";
export { NewToolPage } from "./new-tool-page";
export { toolQuery, toolSettingsQuery, toolsQuery } from "./queries";
export { ToolPage } from "./tool-page";
