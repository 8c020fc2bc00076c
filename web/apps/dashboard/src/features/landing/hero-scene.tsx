import { Button, cn } from "@medea/ui";
import { MessageCircle, Play, Send } from "lucide-react";
import { useState } from "react";
import { usePublicConfig } from "@/lib/public-config";
import { useTypedText } from "./use-typed-text";

const ANSWER =
  "The Trail 3 fits you: 1.72 m is right in the middle of size M. It is in stock in Hamburg, and you can ride it this Saturday. Shall I book you a slot?";

/** A page with the chat on it: drawn at first, the real one on request. */
export function HeroScene() {
  const [isLive, setLive] = useState(false);
  const origin = usePublicConfig()?.widget_origin;
  return (
    <div className="min-w-0">
      <div className="relative overflow-hidden rounded-2xl border bg-card shadow-lg">
        <div
          className="flex h-10 items-center gap-1.5 border-b bg-muted/70 px-4"
          aria-hidden="true"
        >
          <span className="size-2.5 rounded-full bg-foreground/15" />
          <span className="size-2.5 rounded-full bg-foreground/15" />
          <span className="size-2.5 rounded-full bg-foreground/15" />
          <span className="ml-3 rounded-md bg-background px-3 py-0.5 text-2xs text-muted-foreground">
            northwind.example
          </span>
        </div>
        <div className="relative h-[26rem] sm:h-[28rem]">
          <Storefront />
          <div
            className={cn(
              "absolute right-4 bottom-4 flex w-[min(19.5rem,calc(100%-2rem))] flex-col overflow-hidden rounded-2xl border bg-background shadow-lg sm:right-6 sm:bottom-6",
              isLive ? "top-4 sm:top-6" : "h-[23.5rem]",
            )}
          >
            {isLive && origin ? (
              <iframe
                title="Live chat with the demo assistant"
                src={`${origin}/widget?agent=demo`}
                sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox"
                className="size-full"
              />
            ) : (
              <DrawnChat />
            )}
          </div>
        </div>
      </div>
      <div className="mt-4 flex items-center justify-center gap-3 text-muted-foreground text-sm">
        {isLive ? (
          <p>This is the real widget, talking to this server's demo assistant.</p>
        ) : (
          <>
            <p>A drawing of it.</p>
            <Button variant="outline" size="sm" onClick={() => setLive(true)} disabled={!origin}>
              <Play />
              Talk to the real one
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

function DrawnChat() {
  const { text, isDone } = useTypedText(ANSWER, 900);
  return (
    <div
      role="img"
      aria-label={`Drawing of a chat. A visitor asks which bike fits. The assistant answers: ${ANSWER}`}
      className="flex h-full flex-col"
    >
      <div className="flex items-center gap-2.5 bg-primary px-4 py-3 text-primary-foreground">
        <span className="grid size-8 place-items-center rounded-full bg-primary-foreground/15">
          <MessageCircle className="size-4" aria-hidden="true" />
        </span>
        <div>
          <p className="font-medium text-sm leading-5">Northwind Support</p>
          <p className="text-2xs opacity-80">Answers in seconds</p>
        </div>
      </div>
      <div className="flex-1 space-y-3 overflow-hidden p-4 text-sm">
        <p className="landing-rise w-fit max-w-[88%] rounded-2xl rounded-bl-md bg-muted px-3 py-2">
          Hello! Questions about bikes, orders or repairs?
        </p>
        <p className="landing-rise ml-auto w-fit max-w-[85%] rounded-2xl rounded-br-md bg-primary px-3 py-2 text-primary-foreground [animation-delay:350ms]">
          I am 1.72 m. Which gravel bike fits, and can I try it?
        </p>
        <p className={isDone ? "leading-relaxed" : "landing-caret leading-relaxed"}>{text}</p>
      </div>
      <div className="m-3 mt-0 flex h-10 items-center justify-between rounded-xl border px-3 text-muted-foreground text-sm">
        Ask something
        <Send className="size-4" aria-hidden="true" />
      </div>
    </div>
  );
}

/** A shop as one half sees it behind a chat window. */
function Storefront() {
  return (
    <div aria-hidden="true" className="absolute inset-0 p-6">
      <div className="flex items-center gap-6">
        <div className="h-3 w-24 rounded bg-foreground/15" />
        <div className="h-2 w-12 rounded bg-foreground/10" />
        <div className="h-2 w-12 rounded bg-foreground/10" />
      </div>
      <div className="mt-8 h-7 w-56 rounded bg-foreground/12" />
      <div className="mt-3 h-2.5 w-44 rounded bg-foreground/8" />
      <div className="mt-8 grid grid-cols-3 gap-4">
        {["w-16", "w-20", "w-14", "w-20", "w-16", "w-20"].map((width, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: drawn shelves, nothing moves
          <div key={index}>
            <div className="aspect-4/3 rounded-lg bg-linear-to-br from-foreground/8 to-foreground/4" />
            <div className={`mt-2.5 h-2 rounded bg-foreground/12 ${width}`} />
            <div className="mt-1.5 h-2 w-10 rounded bg-foreground/8" />
          </div>
        ))}
      </div>
    </div>
  );
}
