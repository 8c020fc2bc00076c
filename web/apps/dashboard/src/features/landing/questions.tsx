import { Plus } from "lucide-react";

const QUESTIONS = [
  [
    "Do I need a key for a model?",
    "Not to try it. Without one, a built-in stand-in answers from your agent's examples and instructions, and says that it is one. Add a provider's key in the settings when you want real answers.",
  ],
  [
    "Where do the conversations live?",
    "In the PostgreSQL database of the server you run. Nothing is sent anywhere but to the model provider you chose.",
  ],
  [
    "What does it cost?",
    "The software is free, under Apache-2.0, all of it. You pay for your server and your model.",
  ],
  [
    "Can I host it for my own clients?",
    "Yes. Each client gets a workspace of their own with members, roles and keys, kept apart by the database. The licence allows it.",
  ],
  [
    "Can somebody steal my key from the page?",
    "The key in the page is public by design. It can only open chats, and only from the websites you allow. Secret keys stay on your servers.",
  ],
] as const;

export function Questions() {
  return (
    <section
      id="questions"
      aria-labelledby="questions-title"
      className="scroll-mt-16 border-b bg-card/50"
    >
      <div className="mx-auto grid max-w-6xl gap-8 px-5 py-20 sm:px-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,2fr)] lg:py-24">
        <h2
          id="questions-title"
          className="font-semibold text-[clamp(1.75rem,3.4vw,2.4rem)] leading-[1.12] tracking-[-0.028em]"
        >
          Questions
        </h2>
        <div className="divide-y border-y">
          {QUESTIONS.map(([question, answer]) => (
            <details key={question} className="group">
              <summary className="focus-mark flex list-none items-center justify-between gap-4 rounded-md py-4 font-medium text-lg [&::-webkit-details-marker]:hidden">
                {question}
                <Plus
                  className="size-4 shrink-0 text-muted-foreground transition-transform group-open:rotate-45"
                  aria-hidden="true"
                />
              </summary>
              <p className="max-w-prose pb-5 text-base text-muted-foreground leading-6">{answer}</p>
            </details>
          ))}
        </div>
      </div>
    </section>
  );
}
