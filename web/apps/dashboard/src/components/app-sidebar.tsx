import { cn } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { HeldCount } from "@/features/conversations";
import { useMe } from "@/lib/session";
import { modifierKey } from "@/lib/shortcuts";
import { type Area, isOpenTo, MAIN_AREAS, OPERATOR_AREAS, WORKSPACE_AREAS } from "./navigation";
import { TenantSwitcher } from "./tenant-switcher";
import { UserMenu } from "./user-menu";

interface SidebarProps {
  onGoTo: () => void;
  onShortcuts: () => void;
  /** Called when something was chosen: the phone's sheet closes then. */
  onNavigate?: () => void;
}

export function SidebarContent({ onGoTo, onShortcuts, onNavigate }: SidebarProps) {
  return (
    <div className="flex h-full min-h-0 flex-col gap-4 p-3 max-md:h-[calc(100dvh-3.5rem)] max-md:pt-0">
      <TenantSwitcher {...(onNavigate ? { onSwitched: onNavigate } : {})} />
      <button
        type="button"
        onClick={() => {
          onNavigate?.();
          onGoTo();
        }}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-9 items-center gap-2 rounded-md border bg-background px-2.5 text-muted-foreground text-sm shadow-xs focus-mark transition-colors hover:text-foreground"
      >
        <Search className="size-4" aria-hidden="true" />
        <span className="flex-1 text-left">Go to…</span>
        <kbd className="rounded border bg-muted px-1.5 font-sans text-[11px] leading-5">
          {modifierKey} K
        </kbd>
      </button>
      <nav aria-label="Main" className="flex flex-1 flex-col gap-5 overflow-y-auto">
        <AreaList areas={MAIN_AREAS} {...(onNavigate ? { onNavigate } : {})} />
        <AreaList
          areas={WORKSPACE_AREAS}
          label="Workspace"
          {...(onNavigate ? { onNavigate } : {})}
        />
        <AreaList
          areas={OPERATOR_AREAS}
          label="Installation"
          {...(onNavigate ? { onNavigate } : {})}
        />
      </nav>
      <UserMenu onShortcuts={onShortcuts} />
    </div>
  );
}

interface AreaListProps {
  areas: Area[];
  label?: string;
  onNavigate?: () => void;
}

function AreaList({ areas, label, onNavigate }: AreaListProps) {
  const me = useMe();
  const visible = areas.filter((area) => isOpenTo(me, area));
  if (visible.length === 0) return null;
  return (
    <div>
      {label ? (
        <p className="px-2 pb-1.5 font-medium text-muted-foreground text-xs">{label}</p>
      ) : null}
      <ul className="flex flex-col gap-0.5">
        {visible.map((area) => (
          <li key={area.to}>
            <Link
              to={area.to}
              activeOptions={{ exact: area.to === "/dashboard", includeSearch: false }}
              {...(onNavigate ? { onClick: onNavigate } : {})}
              className={cn(
                "flex h-8 items-center gap-2.5 rounded-md px-2 text-sm focus-mark transition-colors max-md:h-10",
                "text-sidebar-foreground hover:bg-sidebar-accent hover:text-sidebar-accent-foreground [&_svg]:size-4",
                "data-[status=active]:bg-sidebar-accent data-[status=active]:font-medium data-[status=active]:text-sidebar-accent-foreground",
              )}
            >
              <area.icon aria-hidden="true" />
              {area.label}
              {area.to === "/dashboard/conversations" ? <HeldCount /> : null}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
