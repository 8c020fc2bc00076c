import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, Keyboard, LogOut, UserRound } from "lucide-react";
import { useLogout } from "@/features/auth";
import { useMe } from "@/lib/session";
import { Monogram } from "./monogram";
import { ThemeChoices } from "./theme-menu";

export function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const me = useMe();
  const navigate = useNavigate();
  const logout = useLogout();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex h-12 w-full items-center gap-2.5 rounded-md px-2 text-left focus-mark transition-colors hover:bg-accent">
        <Monogram name={me.user.name} isRound />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium text-sm leading-5">{me.user.name}</span>
          <span className="block truncate text-muted-foreground text-xs">
            {me.user.email}
            <span className="sr-only">, account menu</span>
          </span>
        </span>
        <ChevronsUpDown className="size-4 shrink-0 text-muted-foreground" aria-hidden="true" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" side="top" className="w-60">
        <DropdownMenuItem onSelect={() => void navigate({ to: "/dashboard/settings" })}>
          <UserRound aria-hidden="true" />
          Account and settings
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={onShortcuts}>
          <Keyboard aria-hidden="true" />
          Keyboard shortcuts
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>Theme</DropdownMenuLabel>
        <ThemeChoices />
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => logout.mutate()}>
          <LogOut aria-hidden="true" />
          Log out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
