export { type JobFilters, readJobFilters } from "./filters";
export { JobsPage } from "./jobs-page";
export { PlatformModelsPage } from "./models-page";
