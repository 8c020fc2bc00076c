import type { Agent } from "@medea/api";
import { ErrorState, Skeleton } from "@medea/ui";
import { MessageCircle } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { usePublicConfig } from "@/lib/public-config";
import { useTheme } from "@/lib/theme";
import { useDraft } from "../editor/draft-context";

const PATIENCE_MS = 8_000;

function previewMessage(agent: Agent) {
  const { title, subtitle } = agent.appearance;
  return {
    type: "medea:preview",
    agent: { name: agent.name, slug: agent.slug },
    config: {
      title: title ?? agent.name,
      subtitle,
      greeting: agent.greeting,
      suggested_questions: agent.suggested_questions.filter((question) => question.trim() !== ""),
      appearance: agent.appearance,
    },
  };
}

/** The widget itself, from its own origin, fed with the unsaved look. */
export function WidgetPreview() {
  const { agent } = useDraft();
  const origin = usePublicConfig()?.widget_origin;
  const frame = useRef<HTMLIFrameElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const [attempt, setAttempt] = useState(0);
  const { isDark } = useTheme();

  useEffect(() => {
    if (!origin) return;
    const onMessage = (event: MessageEvent) => {
      if (event.origin !== origin || event.source !== frame.current?.contentWindow) return;
      if (event.data?.type === "medea:preview-ready") setState("ready");
    };
    addEventListener("message", onMessage);
    return () => removeEventListener("message", onMessage);
  }, [origin]);

  useEffect(() => {
    if (state !== "loading") return;
    const timer = setTimeout(() => setState("failed"), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [state]);

  useEffect(() => {
    if (state === "ready" && origin) {
      frame.current?.contentWindow?.postMessage(previewMessage(agent), origin);
    }
  }, [state, origin, agent]);

  const { appearance } = agent;
  const scheme = appearance.theme === "auto" ? (isDark ? "dark" : "light") : appearance.theme;
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-14 shrink-0 items-center border-b px-4">
        <h2 className="font-semibold text-sm">Preview</h2>
        <p className="ml-auto pr-8 text-muted-foreground text-xs xl:pr-0">
          Shows unsaved changes too
        </p>
      </div>
      <div className="relative flex min-h-0 flex-1 flex-col gap-3 bg-muted/60 p-5">
        <div
          style={{ borderRadius: Math.min(appearance.radius, 24), colorScheme: scheme }}
          className="relative min-h-0 flex-1 overflow-hidden border bg-card shadow-lg"
        >
          {state === "failed" ? (
            <ErrorState
              className="h-full justify-center border-0"
              title="The preview does not answer"
              description={`The widget is served at ${origin ?? "its own address"}, which this browser could not reach.`}
              onRetry={() => {
                setAttempt(attempt + 1);
                setState("loading");
              }}
            />
          ) : null}
          {state === "loading" ? <Skeleton className="absolute inset-4" /> : null}
          {origin && state !== "failed" ? (
            <iframe
              key={attempt}
              ref={frame}
              title={`Preview of ${agent.name}`}
              src={`${origin}/widget?preview=1#o=${encodeURIComponent(location.origin)}`}
              sandbox="allow-scripts allow-same-origin allow-forms"
              className="size-full"
              style={{ colorScheme: scheme }}
            />
          ) : null}
        </div>
        <div className={appearance.position === "left" ? "flex" : "flex justify-end"}>
          <span
            aria-hidden="true"
            style={{
              backgroundColor: appearance.accent,
              color: appearance.on_accent,
              borderRadius: Math.max(appearance.radius, 4) * 2,
            }}
            className="grid size-14 place-items-center shadow-lg"
          >
            <MessageCircle className="size-6" />
          </span>
        </div>
      </div>
    </div>
  );
}
