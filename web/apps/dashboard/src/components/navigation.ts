/** The areas of the dashboard: one table for sidebar, palette and shortcuts. */
import type { Me, Scope } from "@medea/api";
import {
  Bot,
  ClipboardList,
  Cpu,
  House,
  KeyRound,
  LibraryBig,
  type LucideIcon,
  MessagesSquare,
  ServerCog,
  Settings,
  Users,
  Webhook,
  Wrench,
} from "lucide-react";

export interface Area {
  to:
    | "/dashboard"
    | "/dashboard/agents"
    | "/dashboard/knowledge"
    | "/dashboard/tools"
    | "/dashboard/conversations"
    | "/dashboard/leads"
    | "/dashboard/api-keys"
    | "/dashboard/webhooks"
    | "/dashboard/members"
    | "/dashboard/settings"
    | "/dashboard/operator/jobs"
    | "/dashboard/operator/models";
  label: string;
  icon: LucideIcon;
  /** Two keys after another. */
  keys: string;
  scope?: Scope;
  /** Only for who operates the installation. */
  isForOperators?: true;
}

export const MAIN_AREAS: Area[] = [
  { to: "/dashboard", label: "Home", icon: House, keys: "g h" },
  { to: "/dashboard/agents", label: "Agents", icon: Bot, keys: "g a", scope: "agents:read" },
  {
    to: "/dashboard/knowledge",
    label: "Knowledge",
    icon: LibraryBig,
    keys: "g n",
    scope: "knowledge:read",
  },
  { to: "/dashboard/tools", label: "Tools", icon: Wrench, keys: "g t", scope: "tools:read" },
  {
    to: "/dashboard/conversations",
    label: "Conversations",
    icon: MessagesSquare,
    keys: "g c",
    scope: "conversations:read",
  },
  {
    to: "/dashboard/leads",
    label: "Leads",
    icon: ClipboardList,
    keys: "g l",
    scope: "leads:read",
  },
];

export const WORKSPACE_AREAS: Area[] = [
  {
    to: "/dashboard/api-keys",
    label: "API keys",
    icon: KeyRound,
    keys: "g k",
    scope: "tenancy:read",
  },
  {
    to: "/dashboard/webhooks",
    label: "Webhooks",
    icon: Webhook,
    keys: "g w",
    scope: "webhooks:read",
  },
  {
    to: "/dashboard/members",
    label: "Members",
    icon: Users,
    keys: "g m",
    scope: "tenancy:read",
  },
  { to: "/dashboard/settings", label: "Settings", icon: Settings, keys: "g s" },
];

/** What concerns the whole installation, whichever workspace is open. */
export const OPERATOR_AREAS: Area[] = [
  {
    to: "/dashboard/operator/jobs",
    label: "Jobs",
    icon: ServerCog,
    keys: "g j",
    isForOperators: true,
  },
  {
    to: "/dashboard/operator/models",
    label: "Models",
    icon: Cpu,
    keys: "g o",
    isForOperators: true,
  },
];

export const AREAS: Area[] = [...MAIN_AREAS, ...WORKSPACE_AREAS, ...OPERATOR_AREAS];

/** Whether somebody sees an area at all. */
export const isOpenTo = (me: Me, area: Area): boolean =>
  (!area.scope || me.scopes.includes(area.scope)) && (!area.isForOperators || me.is_operator);

/** The sections of the settings, in the order of their menu. */
export const SETTINGS = [
  {
    label: "Workspace",
    sections: [
      { to: "/dashboard/settings/general", label: "General" },
      { to: "/dashboard/settings/models", label: "Models" },
      { to: "/dashboard/settings/limits", label: "Usage & limits" },
      { to: "/dashboard/settings/identity", label: "Identity" },
      { to: "/dashboard/settings/network", label: "Network" },
    ],
  },
  {
    label: "You",
    sections: [
      { to: "/dashboard/settings/profile", label: "Profile" },
      { to: "/dashboard/settings/sessions", label: "Sessions" },
    ],
  },
] as const;
