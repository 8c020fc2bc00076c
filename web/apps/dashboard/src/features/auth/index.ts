export { useLogout, useSwitchTenant } from "./session-actions";
