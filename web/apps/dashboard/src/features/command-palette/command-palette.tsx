import {
  CommandDialog,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
  CommandShortcut,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LogOut, Monitor, Moon, Plus, Settings, Sun } from "lucide-react";
import { useState } from "react";
import { Monogram } from "@/components/monogram";
import { AREAS, isOpenTo, SETTINGS } from "@/components/navigation";
import { allAgentsQuery, recentAgentIds } from "@/features/agents";
import { useLogout, useSwitchTenant } from "@/features/auth";
import { useMe } from "@/lib/session";
import { setTheme } from "@/lib/theme";

interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const THEMES = [
  { value: "light", label: "Light theme", icon: Sun },
  { value: "dark", label: "Dark theme", icon: Moon },
  { value: "system", label: "Theme of the system", icon: Monitor },
] as const;

/** Go to a page, an agent or another workspace, or do something, by typing its name. */
export function CommandPalette({ open, onOpenChange }: CommandPaletteProps) {
  return (
    <CommandDialog
      open={open}
      onOpenChange={onOpenChange}
      title="Go to…"
      description="Search for a page, an agent, a workspace or an action"
    >
      {open ? <PaletteBody close={() => onOpenChange(false)} /> : null}
    </CommandDialog>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const me = useMe();
  const navigate = useNavigate();
  const logout = useLogout();
  const switchTenant = useSwitchTenant();
  const agents = useQuery(allAgentsQuery);
  const [typed, setTyped] = useState("");
  const recent = recentAgentIds(me.tenant.id);
  const rank = (id: string) => (recent.includes(id) ? recent.indexOf(id) : recent.length);
  const word = typed.trim().toLowerCase();
  const found = (agents.data?.data ?? [])
    .filter(({ name, slug }) => `${name} ${slug}`.toLowerCase().includes(word))
    .sort((a, b) => rank(a.id) - rank(b.id));

  const run = (action: () => unknown) => () => {
    close();
    void action();
  };
  const areas = AREAS.filter((area) => isOpenTo(me, area));
  const others = me.tenants.filter((tenant) => tenant.id !== me.tenant.id);
  return (
    <>
      <CommandInput placeholder="Where to?" value={typed} onValueChange={setTyped} />
      <CommandList>
        <CommandEmpty>Nothing of that name.</CommandEmpty>
        <CommandGroup heading="Pages">
          {areas.map((area) => (
            <CommandItem key={area.to} onSelect={run(() => navigate({ to: area.to }))}>
              <area.icon aria-hidden="true" />
              {area.label}
              <CommandShortcut>{area.keys}</CommandShortcut>
            </CommandItem>
          ))}
        </CommandGroup>
        {found.length > 0 ? (
          <CommandGroup heading="Agents">
            {found.slice(0, 8).map((agent) => (
              <CommandItem
                key={agent.id}
                value={`agent ${agent.name} ${agent.slug}`}
                onSelect={run(() =>
                  navigate({ to: "/dashboard/agents/$agentId", params: { agentId: agent.id } }),
                )}
              >
                <Monogram name={agent.name} size="small" />
                <span className="truncate">{agent.name}</span>
                <CommandShortcut>{agent.slug}</CommandShortcut>
              </CommandItem>
            ))}
          </CommandGroup>
        ) : null}
        {word === "" ? null : (
          <CommandGroup heading="Settings">
            {[...SETTINGS[0].sections, ...SETTINGS[1].sections].map(({ to, label }) => (
              <CommandItem
                key={to}
                value={`settings ${label}`}
                onSelect={run(() => navigate({ to }))}
              >
                <Settings aria-hidden="true" />
                {label}
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        <CommandGroup heading="Actions">
          {me.scopes.includes("agents:write") ? (
            <CommandItem
              onSelect={run(() => navigate({ to: "/dashboard/agents", search: { new: true } }))}
            >
              <Plus aria-hidden="true" />
              Create an agent
              <CommandShortcut>c</CommandShortcut>
            </CommandItem>
          ) : null}
          {THEMES.map((theme) => (
            <CommandItem key={theme.value} onSelect={run(() => setTheme(theme.value))}>
              <theme.icon aria-hidden="true" />
              {theme.label}
            </CommandItem>
          ))}
          <CommandItem onSelect={run(() => logout.mutate())}>
            <LogOut aria-hidden="true" />
            Log out
          </CommandItem>
        </CommandGroup>
        {others.length > 0 ? (
          <CommandGroup heading="Switch workspace">
            {others.map((tenant) => (
              <CommandItem
                key={tenant.id}
                value={`workspace ${tenant.name} ${tenant.slug}`}
                onSelect={run(() => switchTenant.mutate(tenant.id))}
              >
                <Monogram name={tenant.name} size="small" />
                <span className="truncate">{tenant.name}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        ) : null}
      </CommandList>
    </>
  );
}
