import { Button } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { Logo } from "@/components/logo";
import { usePublicConfig } from "@/lib/public-config";

export function ClosingCall({ isLoggedIn }: { isLoggedIn: boolean }) {
  return (
    <section aria-labelledby="begin" className="relative overflow-hidden">
      <div aria-hidden="true" className="landing-grid pointer-events-none absolute inset-0" />
      <div className="relative mx-auto max-w-3xl px-5 py-24 text-center sm:px-8">
        <h2
          id="begin"
          className="font-semibold text-[clamp(1.9rem,4vw,2.75rem)] leading-[1.1] tracking-[-0.03em]"
        >
          Your first assistant could be answering in five minutes
        </h2>
        <Button asChild size="lg" className="mt-8">
          {isLoggedIn ? (
            <Link to="/dashboard">
              Open dashboard <ArrowRight />
            </Link>
          ) : (
            <Link to="/signup">
              Create a workspace <ArrowRight />
            </Link>
          )}
        </Button>
      </div>
    </section>
  );
}

const LINKS = [
  ["/demo", "Demo shop"],
  ["/docs", "API reference"],
  ["/openapi.json", "OpenAPI"],
  ["/healthz", "Health"],
] as const;

export function LandingFooter() {
  const version = usePublicConfig()?.version;
  return (
    <footer className="border-t">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-8 gap-y-4 px-5 py-8 text-muted-foreground text-sm sm:px-8">
        <div className="flex items-center gap-4">
          <Logo className="text-foreground" />
          <span>
            Apache-2.0{version ? <span className="tabular-nums">, version {version}</span> : null}
          </span>
        </div>
        <nav aria-label="Further">
          <ul className="flex flex-wrap gap-5">
            {LINKS.map(([href, label]) => (
              <li key={href}>
                <a href={href} className="focus-mark rounded-sm hover:text-foreground">
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </footer>
  );
}
