import type { EmbedPlace, Snippet } from "./snippets";

/** How a front end of one's own talks to the agent, as a visitor. */
export function frontEndSnippets({
  apiOrigin,
  agent,
  key,
}: Omit<EmbedPlace, "widgetOrigin">): Snippet[] {
  const base = `${apiOrigin}/v1`;
  return [
    {
      id: "session",
      label: "First: a session",
      language: "javascript",
      code: `// Once per visitor. A secret key never belongs into a page.
const answer = await fetch("${base}/widget/sessions", {
  method: "POST",
  headers: {
    authorization: "Bearer ${key || "pk_..."}",
    "content-type": "application/json",
  },
  body: JSON.stringify({ agent: "${agent}" }),
});
const { token } = await answer.json();`,
    },
    {
      id: "ai-sdk",
      label: "AI SDK",
      language: "tsx",
      code: `import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";

const { messages, sendMessage } = useChat({
  id: chatId,
  resume: true,
  transport: new DefaultChatTransport({
    api: "${base}/agents/${agent}/chat",
    headers: { authorization: \`Bearer \${token}\` },
  }),
});`,
    },
    {
      id: "copilotkit",
      label: "CopilotKit",
      language: "tsx",
      code: `import { CopilotChat, CopilotKitProvider } from "@copilotkit/react-core/v2";

export function Chat({ token }) {
  return (
    <CopilotKitProvider
      runtimeUrl="${base}/ag-ui"
      headers={{ authorization: \`Bearer \${token}\` }}
    >
      <CopilotChat agentId="${agent}" />
    </CopilotKitProvider>
  );
}`,
    },
    {
      id: "ag-ui",
      label: "AG-UI",
      language: "javascript",
      code: `import { HttpAgent } from "@ag-ui/client";

const agent = new HttpAgent({
  url: "${base}/ag-ui/agent/${agent}/run",
  headers: { authorization: \`Bearer \${token}\` },
});
agent.addMessage({ id: crypto.randomUUID(), role: "user", content: "Hello" });
await agent.runAgent({}, {
  onTextMessageContentEvent: ({ event }) => console.log(event.delta),
});`,
    },
  ];
}
