import { CodeBlock } from "@medea/ui";
import { usePublicConfig } from "@/lib/public-config";

const POINTS = [
  [
    "OpenAI-compatible",
    "Any agent is a model for the clients you already have, streaming included.",
  ],
  [
    "One event log",
    "Every conversation is a sequence of events. Read it, replay it, rebuild from it.",
  ],
  ["Vercel AI SDK streams", "The same stream drives the widget and useChat, and can be rejoined."],
  [
    "Readable code",
    "One folder per capability, sizes and borders kept by tests, no framework magic.",
  ],
] as const;

export function Developers() {
  const base = usePublicConfig()?.dashboard_origin ?? "https://your-server.example";
  const code = `from openai import OpenAI

client = OpenAI(base_url="${base}/v1", api_key="sk_...")

stream = client.chat.completions.create(
    model="support",  # your agent's slug
    messages=[{"role": "user", "content": "Where is my order?"}],
    stream=True,
)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="")`;
  return (
    <section id="developers" aria-labelledby="developers-title" className="scroll-mt-16 border-b">
      <div className="mx-auto grid max-w-6xl gap-12 px-5 py-20 sm:px-8 lg:grid-cols-2 lg:py-24">
        <div className="order-2 min-w-0 self-center lg:order-1">
          <CodeBlock code={code} language="python" title="ask.py" label="Python example" />
        </div>
        <div className="order-1 lg:order-2">
          <h2
            id="developers-title"
            className="font-semibold text-[clamp(1.75rem,3.4vw,2.4rem)] leading-[1.12] tracking-[-0.028em]"
          >
            An API your tools speak already
          </h2>
          <dl className="mt-8 grid gap-6 sm:grid-cols-2">
            {POINTS.map(([title, text]) => (
              <div key={title}>
                <dt className="font-medium text-base">{title}</dt>
                <dd className="mt-1 text-base text-muted-foreground leading-6">{text}</dd>
              </div>
            ))}
          </dl>
          <p className="mt-8 text-base text-muted-foreground">
            Run all of it on your own machine:{" "}
            <code className="rounded-md border bg-code px-2 py-1 font-mono text-foreground text-sm">
              make run
            </code>
          </p>
        </div>
      </div>
    </section>
  );
}
