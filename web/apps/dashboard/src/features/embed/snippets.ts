import type { CodeLanguage } from "@medea/ui";

export interface Snippet {
  id: string;
  label: string;
  language: CodeLanguage;
  code: string;
}

export interface EmbedPlace {
  /** Origin that serves `embed.js` and the chat itself. */
  widgetOrigin: string;
  /** Origin of the API. */
  apiOrigin: string;
  agent: string;
  key: string;
}

/** How a website shows the chat. */
export function websiteSnippets({ widgetOrigin, agent, key }: EmbedPlace): Snippet[] {
  return [
    {
      id: "html",
      label: "HTML",
      language: "html",
      code: `<script async src="${widgetOrigin}/embed.js"
  data-key="${key}"
  data-agent="${agent}"></script>`,
    },
    {
      id: "react",
      label: "React",
      language: "tsx",
      code: `import { MedeaChat } from "@medea/embed/react";

export function Chat() {
  return (
    <MedeaChat
      origin="${widgetOrigin}"
      agent="${agent}"
      publishableKey="${key}"
    />
  );
}`,
    },
    {
      id: "commands",
      label: "Open it yourself",
      language: "html",
      code: `<button onclick="Medea('open')">Chat with us</button>

<!-- Ask a question at once -->
<button onclick="Medea('ask', 'Where is my order?')">Track an order</button>`,
    },
  ];
}

/** The chat as a page of its own, to send to somebody. */
export function hostedPage({ widgetOrigin, agent, key }: Omit<EmbedPlace, "apiOrigin">): string {
  const query = new URLSearchParams({ agent, ...(key ? { key } : {}) });
  return `${widgetOrigin}/widget?${query}`;
}
