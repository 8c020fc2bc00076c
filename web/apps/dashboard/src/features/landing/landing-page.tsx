import { usePageTitle } from "@/lib/page-title";
import { useSession } from "@/lib/session";
import { Developers } from "./developers";
import { Features } from "./features";
import { Hero } from "./hero";
import { ClosingCall, LandingFooter } from "./landing-footer";
import { LandingHeader } from "./landing-header";
import { Questions } from "./questions";
import { Steps } from "./steps";

/** For somebody who has never heard of Medea: what it is, how it looks, how to begin. */
export function LandingPage() {
  usePageTitle("AI assistants for your website, that you own");
  const isLoggedIn = Boolean(useSession());
  return (
    <div className="min-h-dvh overflow-x-clip text-base">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50 focus:rounded-md focus:bg-primary focus:px-4 focus:py-2 focus:text-primary-foreground"
      >
        Skip to content
      </a>
      <LandingHeader isLoggedIn={isLoggedIn} />
      <main id="content" tabIndex={-1} className="outline-none">
        <Hero isLoggedIn={isLoggedIn} />
        <Features />
        <Steps />
        <Developers />
        <Questions />
        <ClosingCall isLoggedIn={isLoggedIn} />
      </main>
      <LandingFooter />
    </div>
  );
}
