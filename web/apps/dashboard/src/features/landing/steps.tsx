import { CodeBlock } from "@medea/ui";
import { usePublicConfig } from "@/lib/public-config";

export function Steps() {
  const origin = usePublicConfig()?.widget_origin ?? "https://chat.your-server.example";
  const snippet = `<script async
  src="${origin}/embed.js"
  data-key="pk_your_publishable_key"
  data-agent="support"></script>`;
  return (
    <section id="start" aria-labelledby="start-title" className="scroll-mt-16 border-b bg-card/50">
      <div className="mx-auto grid max-w-6xl gap-12 px-5 py-20 sm:px-8 lg:grid-cols-2 lg:py-24">
        <div>
          <h2
            id="start-title"
            className="font-semibold text-[clamp(1.75rem,3.4vw,2.4rem)] leading-[1.12] tracking-[-0.028em]"
          >
            Five minutes to the first answer
          </h2>
          <ol className="mt-10 grid gap-8">
            <Step number={1} title="Write it">
              Start from a template for support, sales, documentation or HR. Say in plain words who
              it is and what it must not do, and show it a few good answers.
            </Step>
            <Step number={2} title="Try it">
              The playground beside the editor talks to your draft, and shows model, tokens, time
              and cost of every reply.
            </Step>
            <Step number={3} title="Publish it">
              Paste one line into your page. The chat runs in a frame of its own: your styles cannot
              break it, and it cannot touch your page.
            </Step>
          </ol>
        </div>
        <div className="self-center">
          <CodeBlock code={snippet} language="html" title="index.html" label="embed code" />
          <p className="mt-3 text-muted-foreground text-sm">
            The key is public by design: it opens chats from the websites you name, and nothing
            else.
          </p>
        </div>
      </div>
    </section>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: string }) {
  return (
    <li className="flex gap-4">
      <span
        aria-hidden="true"
        className="grid size-8 shrink-0 place-items-center rounded-full border bg-background font-medium text-sm"
      >
        {number}
      </span>
      <div>
        <h3 className="font-semibold text-lg">{title}</h3>
        <p className="mt-1 text-base text-muted-foreground leading-6">{children}</p>
      </div>
    </li>
  );
}
