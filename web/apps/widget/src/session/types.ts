import type { WireConversation } from "@medea/chat";

export interface Appearance {
  accent: string;
  on_accent: string;
  theme: "auto" | "light" | "dark";
  position: "left" | "right";
  launcher_label: string;
  title: string | null;
  subtitle: string | null;
  radius: number;
  show_branding: boolean;
}

/** What the agent's owner chose for the chat. */
export interface WidgetConfig {
  title: string | null;
  subtitle: string | null;
  greeting: string | null;
  suggested_questions: string[];
  appearance: Appearance;
}

/** Answer of `POST /v1/widget/sessions`. */
export interface WidgetSession {
  token: string;
  expires_at: string;
  visitor_id: string;
  resume_token: string | null;
  agent: { id: string; slug: string; name: string };
  config: WidgetConfig;
  conversation: WireConversation | null;
}
