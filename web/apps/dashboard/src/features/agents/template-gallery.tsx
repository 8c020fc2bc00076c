import { ArrowRight } from "lucide-react";
import { TEMPLATES } from "./templates";

interface TemplateGalleryProps {
  canWrite: boolean;
  onChoose: (key: string) => void;
}

/** The agents page before the first agent: starting points instead of a void. */
export function TemplateGallery({ canWrite, onChoose }: TemplateGalleryProps) {
  if (!canWrite) {
    return (
      <p className="mt-8 rounded-xl border border-dashed px-6 py-14 text-center text-muted-foreground text-sm">
        There are no agents here yet. Your role can look at agents, but not create them.
      </p>
    );
  }
  return (
    <section className="mt-8 rounded-xl border bg-card p-5 shadow-xs sm:p-8">
      <h2 className="font-semibold text-lg">Create your first agent</h2>
      <p className="mt-1 max-w-prose text-muted-foreground text-sm">
        Start from one of these. Each comes with instructions, examples and a greeting that you can
        change word by word.
      </p>
      <ul className="mt-6 grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {TEMPLATES.map((template) => (
          <li key={template.key}>
            <button
              type="button"
              onClick={() => onChoose(template.key)}
              className="group focus-mark flex h-full w-full flex-col items-start rounded-lg border p-4 text-left transition-colors hover:border-primary/40 hover:bg-accent/50"
            >
              <span className="grid size-8 place-items-center rounded-md bg-primary/10 text-primary">
                <template.icon className="size-4" aria-hidden="true" />
              </span>
              <span className="mt-3 flex items-center gap-1.5 font-medium text-sm">
                {template.name}
                <ArrowRight
                  className="size-3.5 -translate-x-1 opacity-0 transition group-hover:translate-x-0 group-hover:opacity-100"
                  aria-hidden="true"
                />
              </span>
              <span className="mt-1 text-muted-foreground text-xs leading-5">
                {template.summary}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
