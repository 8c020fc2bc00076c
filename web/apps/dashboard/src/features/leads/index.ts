export { type LeadFilters, readLeadFilters } from "./filters";
export { LeadsPage } from "./leads-page";
