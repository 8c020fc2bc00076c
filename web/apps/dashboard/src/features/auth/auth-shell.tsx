import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Logo } from "@/components/logo";
import { ThemeMenu } from "@/components/theme-menu";
import { usePageTitle } from "@/lib/page-title";
import { AuthAside } from "./auth-aside";

interface AuthShellProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
}

/** The frame of every page one sees before being logged in. */
export function AuthShell({ title, lead, children, footer }: AuthShellProps) {
  usePageTitle(title);
  return (
    <div className="grid grid-cols-1 min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1.05fr)]">
      <div className="flex min-w-0 flex-col px-5 py-5 sm:px-8">
        <header className="flex items-center justify-between">
          <Link to="/" aria-label="Medea, start page" className="rounded-md focus-mark">
            <Logo />
          </Link>
          <ThemeMenu />
        </header>
        <main className="grid flex-1 justify-items-center py-10 max-sm:content-start sm:content-center">
          <div className="w-full max-w-[22.5rem]">
            <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
            {lead ? <p className="mt-2 text-muted-foreground text-sm leading-6">{lead}</p> : null}
            <div className="mt-8">{children}</div>
            {footer ? <p className="mt-8 text-muted-foreground text-sm">{footer}</p> : null}
          </div>
        </main>
      </div>
      <AuthAside />
    </div>
  );
}

/** A link inside running text of these pages. */
export const textLink =
  "font-medium text-foreground underline decoration-border underline-offset-4 focus-mark transition-colors hover:decoration-foreground";
