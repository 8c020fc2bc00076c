import type { Agent } from "@medea/api";
import { Link, type LinkProps } from "@tanstack/react-router";
import { Code, KeyRound, type LucideIcon, Plus, UserPlus } from "lucide-react";
import { useMe } from "@/lib/session";

interface Action {
  label: string;
  text: string;
  icon: LucideIcon;
  link: LinkProps;
}

/** What people come back for, one press away. */
export function QuickActions({ agent }: { agent: Agent | null }) {
  const { scopes } = useMe();
  const actions: Action[] = [];
  if (scopes.includes("agents:write")) {
    actions.push({
      label: "New agent",
      text: "From a template or blank",
      icon: Plus,
      link: { to: "/dashboard/agents", search: { new: true } },
    });
  }
  if (agent) {
    actions.push({
      label: "Embed code",
      text: `Put ${agent.name} on a page`,
      icon: Code,
      link: { to: "/dashboard/agents/$agentId/embed", params: { agentId: agent.id } },
    });
  }
  if (scopes.includes("tenancy:write")) {
    actions.push(
      {
        label: "Invite a colleague",
        text: "Owner, admin, editor or viewer",
        icon: UserPlus,
        link: { to: "/dashboard/members" },
      },
      {
        label: "API key",
        text: "For your own programs",
        icon: KeyRound,
        link: { to: "/dashboard/api-keys" },
      },
    );
  }
  if (actions.length === 0) return null;
  return (
    <section aria-label="Quick actions">
      <ul className="grid grid-cols-2 gap-3 lg:auto-cols-fr lg:grid-flow-col lg:grid-cols-none">
        {actions.map((action) => (
          <li key={action.label}>
            <Link
              {...action.link}
              className="focus-mark flex h-full items-start gap-3 rounded-xl border bg-card p-4 shadow-xs transition-colors hover:border-foreground/20"
            >
              <action.icon className="mt-0.5 size-4 shrink-0 text-primary" aria-hidden="true" />
              <span className="min-w-0">
                <span className="block font-medium text-sm">{action.label}</span>
                <span className="block truncate text-muted-foreground text-xs max-sm:hidden">
                  {action.text}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
