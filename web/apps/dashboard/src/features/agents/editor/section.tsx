import type { ReactNode } from "react";

interface SectionProps {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}

/** A titled part of an editor tab. */
export function Section({ title, description, children }: SectionProps) {
  return (
    <section className="border-t py-7 first:border-t-0 first:pt-0 last:pb-0">
      <h2 className="font-semibold text-base">{title}</h2>
      {description ? (
        <p className="mt-1 max-w-prose text-muted-foreground text-sm">{description}</p>
      ) : null}
      <div className="mt-4 grid gap-5">{children}</div>
    </section>
  );
}
