import { Button } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { Logo } from "@/components/logo";
import { ThemeMenu } from "@/components/theme-menu";

const LINKS = [
  ["#features", "Features"],
  ["#start", "How it works"],
  ["#developers", "Developers"],
  ["#questions", "Questions"],
] as const;

export function LandingHeader({ isLoggedIn }: { isLoggedIn: boolean }) {
  return (
    <header className="sticky top-0 z-40 border-b bg-background/85 backdrop-blur-md">
      <div className="mx-auto flex h-16 max-w-6xl items-center gap-6 px-5 sm:px-8">
        <Link to="/" aria-label="Medea, start page" className="focus-mark rounded-md">
          <Logo />
        </Link>
        <nav aria-label="On this page" className="hidden flex-1 md:block">
          <ul className="flex gap-1">
            {LINKS.map(([href, label]) => (
              <li key={href}>
                <a
                  href={href}
                  className="focus-mark rounded-md px-3 py-1.5 text-muted-foreground text-sm transition-colors hover:text-foreground"
                >
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="ml-auto flex items-center gap-1.5">
          <ThemeMenu />
          {isLoggedIn ? (
            <Button asChild>
              <Link to="/dashboard">Open dashboard</Link>
            </Button>
          ) : (
            <>
              <Button asChild variant="ghost">
                <Link to="/login">Log in</Link>
              </Button>
              <Button asChild className="max-sm:hidden">
                <Link to="/signup">Get started</Link>
              </Button>
            </>
          )}
        </div>
      </div>
    </header>
  );
}
