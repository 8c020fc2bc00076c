import { Badge } from "@medea/ui";
import {
  Accessibility,
  Boxes,
  GitCompareArrows,
  type LucideIcon,
  PlugZap,
  ShieldCheck,
  Unplug,
} from "lucide-react";
import type { ReactNode } from "react";

export function Features() {
  return (
    <section id="features" aria-labelledby="features-title" className="scroll-mt-16 border-b">
      <div className="mx-auto max-w-6xl px-5 py-20 sm:px-8 lg:py-24">
        <h2
          id="features-title"
          className="max-w-2xl font-semibold text-[clamp(1.75rem,3.4vw,2.4rem)] leading-[1.12] tracking-[-0.028em]"
        >
          Built for the moments in which other chats let you down
        </h2>
        <div className="mt-12 grid gap-4 md:grid-cols-2 lg:grid-cols-6">
          <Feature
            icon={PlugZap}
            className="lg:col-span-3"
            title="Answers that are never lost"
            text="The server writes the answer, not the tab. Reload, change pages, lose the train's Wi-Fi: it goes on where it stopped, not a word missing, not a word twice."
          >
            <p className="rounded-lg border bg-background p-3.5 text-sm leading-6">
              Your parcel left Hamburg this{" "}
              <Badge variant="warning" className="mx-0.5">
                <Unplug aria-hidden="true" /> tab reloaded
              </Badge>{" "}
              morning and arrives tomorrow before noon.
            </p>
          </Feature>
          <Feature
            icon={GitCompareArrows}
            className="lg:col-span-3"
            title="Drafts, versions, a way back"
            text="Change the draft as boldly as you like. Visitors see a change when you publish it, and every version can be compared and restored."
          >
            <p className="rounded-lg border bg-background p-3.5 text-sm leading-6">
              Tone:{" "}
              <del className="rounded-[3px] bg-destructive-muted px-0.5 text-destructive">
                formal and thorough
              </del>{" "}
              <ins className="rounded-[3px] bg-success-muted px-0.5 text-success no-underline">
                warm, calm and brief
              </ins>
              . Write in the visitor's language.
            </p>
          </Feature>
          <Feature
            icon={ShieldCheck}
            className="lg:col-span-2"
            title="Walls in the database"
            text="Many companies on one server, kept apart by PostgreSQL's own row security, not by remembering to filter."
          />
          <Feature
            icon={Boxes}
            className="lg:col-span-2"
            title="Any model, or none yet"
            text="OpenRouter, OpenAI, vLLM, Ollama: anything that speaks the OpenAI API. Without a key, a built-in stand-in lets you try everything."
          />
          <Feature
            icon={Accessibility}
            className="lg:col-span-2"
            title="For everybody"
            text="Keyboard, screen reader, phone, dark mode. Checked on every page and in the chat window itself, each time the code changes."
          />
        </div>
      </div>
    </section>
  );
}

interface FeatureProps {
  icon: LucideIcon;
  title: string;
  text: string;
  className: string;
  children?: ReactNode;
}

function Feature({ icon: Icon, title, text, className, children }: FeatureProps) {
  return (
    <div className={`flex flex-col rounded-2xl border bg-card p-6 shadow-xs ${className}`}>
      <span className="grid size-9 place-items-center rounded-lg bg-primary/10 text-primary">
        <Icon className="size-4.5" aria-hidden="true" />
      </span>
      <h3 className="mt-4 font-semibold text-lg">{title}</h3>
      <p className="mt-1.5 text-base text-muted-foreground leading-6">{text}</p>
      {children ? <div className="mt-5 grow content-end">{children}</div> : null}
    </div>
  );
}
