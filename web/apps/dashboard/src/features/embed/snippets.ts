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

/** How a program talks to the agent, with any OpenAI client. */
export function apiSnippets({
  apiOrigin,
  agent,
}: Pick<EmbedPlace, "apiOrigin" | "agent">): Snippet[] {
  const base = `${apiOrigin}/v1`;
  return [
    {
      id: "curl",
      label: "curl",
      language: "bash",
      code: `curl ${base}/chat/completions \\
  -H "Authorization: Bearer $MEDEA_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "${agent}",
    "stream": true,
    "messages": [{"role": "user", "content": "Hello"}]
  }'`,
    },
    {
      id: "python",
      label: "Python",
      language: "python",
      code: `import os
from openai import OpenAI

client = OpenAI(base_url="${base}", api_key=os.environ["MEDEA_API_KEY"])

stream = client.chat.completions.create(
    model="${agent}",
    messages=[{"role": "user", "content": "Hello"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`,
    },
    {
      id: "javascript",
      label: "JavaScript",
      language: "javascript",
      code: `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${base}",
  apiKey: process.env.MEDEA_API_KEY,
});

const stream = await client.chat.completions.create({
  model: "${agent}",
  messages: [{ role: "user", content: "Hello" }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}`,
    },
  ];
}

/** The chat as a page of its own, to send to somebody. */
export function hostedPage({ widgetOrigin, agent, key }: Omit<EmbedPlace, "apiOrigin">): string {
  const query = new URLSearchParams({ agent, ...(key ? { key } : {}) });
  return `${widgetOrigin}/widget?${query}`;
}
