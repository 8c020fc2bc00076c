export { readEgressFilters } from "./filters";
export { NetworkPage } from "./network-page";
