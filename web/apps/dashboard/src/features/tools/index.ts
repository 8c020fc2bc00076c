export { ImportPage } from "./import/import-page";
export { ToolsPage } from "./list/tools-page";
export { NewToolPage } from "./new-tool-page";
export { toolQuery, toolSettingsQuery, toolsQuery } from "./queries";
export { ToolPage } from "./tool-page";
