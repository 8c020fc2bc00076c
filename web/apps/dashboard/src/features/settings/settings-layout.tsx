import { cn, PageHeader } from "@medea/ui";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { SETTINGS } from "@/components/navigation";
import { Page } from "@/components/page";

const linkClassName = cn(
  "focus-mark flex h-8 max-md:h-10 shrink-0 items-center rounded-md px-2.5 text-muted-foreground text-sm -outline-offset-2 transition-colors hover:bg-accent hover:text-foreground",
  "aria-[current=page]:bg-accent aria-[current=page]:font-medium aria-[current=page]:text-foreground",
);

/** The settings: sections at the side, on a phone in a row above. */
export function SettingsLayout() {
  const nav = useRef<HTMLElement>(null);
  const path = useLocation({ select: ({ pathname }) => pathname });
  // In the row of a phone the present section may be out of sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path says which link is the present one.
  useEffect(() => {
    const link = nav.current?.querySelector('[aria-current="page"]');
    link?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path]);
  return (
    <Page className="grid grid-cols-1 gap-6 sm:gap-8">
      <PageHeader title="Settings" />
      <div className="grid grid-cols-1 gap-6 md:grid-cols-[10rem_minmax(0,1fr)] md:gap-10">
        <nav
          ref={nav}
          aria-label="Settings"
          className="flex gap-1 overflow-x-auto md:sticky md:top-6 md:grid md:gap-5 md:self-start"
        >
          {SETTINGS.map(({ label, sections }) => (
            <div key={label} className="flex shrink-0 gap-1 md:grid md:gap-0.5">
              <p className="hidden px-2.5 pb-1 font-medium text-muted-foreground text-xs md:block">
                {label}
              </p>
              {sections.map((section) => (
                <Link key={section.to} to={section.to} className={linkClassName}>
                  {section.label}
                </Link>
              ))}
            </div>
          ))}
        </nav>
        <div className="min-w-0">
          <Outlet />
        </div>
      </div>
    </Page>
  );
}
