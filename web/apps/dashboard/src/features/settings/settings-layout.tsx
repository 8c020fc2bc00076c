import { PageHeader, tabClassName, tabListClassName } from "@medea/ui";
import { Link, Outlet } from "@tanstack/react-router";
import { Page } from "@/components/page";

const SECTIONS = [
  { to: "/dashboard/settings/general", label: "General" },
  { to: "/dashboard/settings/models", label: "Models" },
  { to: "/dashboard/settings/profile", label: "Profile" },
  { to: "/dashboard/settings/sessions", label: "Sessions" },
] as const;

export function SettingsLayout() {
  return (
    <Page className="max-w-3xl">
      <PageHeader title="Settings" />
      <nav aria-label="Settings" className={`mt-4 mb-8 ${tabListClassName}`}>
        {SECTIONS.map(({ to, label }) => (
          <Link key={to} to={to} className={tabClassName} activeProps={{ "aria-current": "page" }}>
            {label}
          </Link>
        ))}
      </nav>
      <Outlet />
    </Page>
  );
}
