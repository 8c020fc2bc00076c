/** The one API client of the dashboard. */
import { createApi } from "@medea/api";

export const api = createApi();
