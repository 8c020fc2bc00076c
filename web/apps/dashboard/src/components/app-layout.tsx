import type { Me } from "@medea/api";
import {
  Button,
  Sheet,
  SheetContent,
  SheetDescription,
  SheetTitle,
  TooltipProvider,
} from "@medea/ui";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { Menu, Search } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { CommandPalette, ShortcutsDialog } from "@/features/command-palette";
import { useMe, useSessionAcrossTabs } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";
import { SidebarContent } from "./app-sidebar";
import { ConnectionNotice } from "./connection-notice";
import { Logo, LogoMark } from "./logo";
import { AREAS, isOpenTo } from "./navigation";

/** The frame of every page behind the log-in. */
export function AppLayout() {
  const me = useMe();
  const navigate = useNavigate();
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(false);

  const actions = useMemo(() => {
    const open = AREAS.filter((area) => isOpenTo(me, area));
    const go = open.map((area) => [area.keys, () => void navigate({ to: area.to })] as const);
    return {
      ...Object.fromEntries(go),
      "mod+k": () => setPaletteOpen((open) => !open),
      "/": () => setPaletteOpen(true),
      "?": () => setHelpOpen(true),
      c: () => void navigate({ to: "/dashboard/agents", search: { new: true } }),
    };
  }, [navigate, me]);
  useShortcuts(actions);

  const followSession = useCallback(
    (next: Me | null) =>
      navigate({ to: next ? "/dashboard" : "/login", ignoreBlocker: true, replace: true }),
    [navigate],
  );
  useSessionAcrossTabs(followSession);

  const sidebar = { onGoTo: () => setPaletteOpen(true), onShortcuts: () => setHelpOpen(true) };
  return (
    <TooltipProvider delayDuration={300}>
      <div className="min-h-dvh md:grid md:grid-cols-[15.5rem_minmax(0,1fr)]">
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-md focus:bg-primary focus:px-4 focus:py-2 focus:text-primary-foreground"
        >
          Skip to content
        </a>
        <aside className="sticky top-0 hidden h-dvh border-r bg-sidebar md:block">
          <SidebarContent {...sidebar} />
        </aside>

        <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-background/90 px-3 backdrop-blur md:hidden">
          <Button variant="ghost" size="icon" aria-label="Menu" onClick={() => setMenuOpen(true)}>
            <Menu />
          </Button>
          <Link
            to="/dashboard"
            className="flex h-10 min-w-0 flex-1 items-center gap-2 rounded-md focus-mark"
          >
            <LogoMark className="size-6" />
            <span className="relative truncate font-medium text-sm">
              {me.tenant.name}
              <span className="sr-only">, home</span>
            </span>
          </Link>
          <Button
            variant="ghost"
            size="icon"
            aria-label="Go to…"
            onClick={() => setPaletteOpen(true)}
          >
            <Search />
          </Button>
        </header>
        <Sheet open={isMenuOpen} onOpenChange={setMenuOpen}>
          <SheetContent side="left" className="w-72 gap-0 bg-sidebar p-0">
            <SheetTitle className="flex h-14 shrink-0 items-center px-5">
              <Logo />
              <span className="sr-only">, menu</span>
            </SheetTitle>
            <SheetDescription className="sr-only">
              Areas, workspaces and your account
            </SheetDescription>
            <SidebarContent {...sidebar} onNavigate={() => setMenuOpen(false)} />
          </SheetContent>
        </Sheet>

        <main id="content" tabIndex={-1} className="min-w-0 outline-none">
          <ConnectionNotice />
          {/* A new key per workspace: no page may keep another one's state. */}
          <Outlet key={me.tenant.id} />
        </main>
        <CommandPalette open={isPaletteOpen} onOpenChange={setPaletteOpen} />
        <ShortcutsDialog open={isHelpOpen} onOpenChange={setHelpOpen} />
      </div>
    </TooltipProvider>
  );
}
