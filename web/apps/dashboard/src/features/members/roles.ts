import type { Role } from "@medea/api";

export interface RoleChoice {
  role: Role;
  label: string;
  hint: string;
}

/** The roles from most to least, with what each may do. */
export const ROLES: RoleChoice[] = [
  { role: "owner", label: "Owner", hint: "Everything, other owners included" },
  { role: "admin", label: "Admin", hint: "Agents, members, keys, models and settings" },
  { role: "editor", label: "Editor", hint: "Builds agents and works with conversations" },
  { role: "viewer", label: "Viewer", hint: "Looks at the work, changes nothing; sees no leads" },
];

export const roleLabel = (role: Role): string =>
  ROLES.find((choice) => choice.role === role)?.label ?? role;

/** The roles somebody may give: only an owner makes owners. */
export const grantableRoles = (isOwner: boolean): RoleChoice[] =>
  ROLES.filter(({ role }) => isOwner || role !== "owner");
