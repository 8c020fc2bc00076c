import { Button } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { ArrowRight, ArrowUpRight } from "lucide-react";
import { HeroScene } from "./hero-scene";

const FACTS = [
  ["1 line", "of HTML puts it on a page"],
  ["4 kB", "is the most its loader may weigh"],
  ["40 kB", "is the most the whole chat may weigh"],
  ["1 command", "starts all of it on your machine"],
] as const;

export function Hero({ isLoggedIn }: { isLoggedIn: boolean }) {
  return (
    <section className="relative border-b">
      <div aria-hidden="true" className="landing-grid pointer-events-none absolute inset-0" />
      <div className="relative mx-auto grid max-w-6xl items-center gap-12 px-5 pt-14 pb-16 sm:px-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)] lg:gap-10 lg:pt-20 lg:pb-24">
        <div>
          <p className="inline-flex items-center gap-2 rounded-full border bg-card px-3 py-1 text-muted-foreground text-xs shadow-xs">
            <span className="size-1.5 rounded-full bg-primary" aria-hidden="true" />
            Open source, Apache-2.0
          </p>
          <h1 className="mt-6 font-semibold text-[clamp(2.4rem,5.2vw,3.6rem)] leading-[1.04] tracking-[-0.035em]">
            AI assistants for your website, that you own
          </h1>
          <p className="mt-6 max-w-xl text-[1.0625rem] text-muted-foreground leading-7">
            Medea is a platform for chat assistants that answer your visitors. Write one, try it,
            publish it, and put it on a page with one line. Your models, your data, your server.
          </p>
          <div className="mt-8 flex flex-wrap gap-3">
            <Button asChild size="lg">
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
            <Button asChild size="lg" variant="outline">
              <a href="/demo">
                See it on a shop page <ArrowUpRight />
              </a>
            </Button>
          </div>
        </div>
        <HeroScene />
      </div>
      <div className="relative border-t bg-card/60">
        <dl className="mx-auto grid max-w-6xl grid-cols-2 gap-x-6 gap-y-6 px-5 py-7 sm:px-8 lg:grid-cols-4">
          {FACTS.map(([value, label]) => (
            <div key={label} className="flex flex-col">
              <dt className="order-2 text-muted-foreground text-sm">{label}</dt>
              <dd className="font-semibold text-xl tracking-[-0.02em]">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
