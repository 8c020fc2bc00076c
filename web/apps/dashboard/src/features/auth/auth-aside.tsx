import { GitBranch, PlugZap, ShieldCheck } from "lucide-react";

const POINTS = [
  {
    icon: PlugZap,
    title: "Answers that are never lost",
    text: "Close the tab in mid-sentence, come back, and the answer goes on.",
  },
  {
    icon: GitBranch,
    title: "Drafts, versions, a way back",
    text: "Try a change in the playground. Publish it. Restore any version.",
  },
  {
    icon: ShieldCheck,
    title: "Every workspace apart",
    text: "PostgreSQL itself keeps one workspace's rows from another's.",
  },
];

/** What waits behind the log-in, beside the form on wide screens. */
export function AuthAside() {
  return (
    <aside
      aria-label="About Medea"
      className="relative hidden overflow-hidden border-l bg-muted/40 lg:grid lg:place-items-center"
    >
      <div
        aria-hidden="true"
        className="absolute inset-0 [background-image:radial-gradient(var(--border)_1px,transparent_1px)] [background-size:22px_22px] [mask-image:radial-gradient(ellipse_at_center,black,transparent_75%)]"
      />
      <ul className="relative grid max-w-md gap-3 px-10">
        {POINTS.map((point) => (
          <li key={point.title} className="flex gap-4 rounded-xl border bg-card p-5 shadow-xs">
            <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-primary/10 text-primary">
              <point.icon className="size-4.5" aria-hidden="true" />
            </span>
            <div>
              <p className="font-medium text-sm">{point.title}</p>
              <p className="mt-1 text-muted-foreground text-sm leading-6">{point.text}</p>
            </div>
          </li>
        ))}
      </ul>
    </aside>
  );
}
