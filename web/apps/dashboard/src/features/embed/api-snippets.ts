import type { EmbedPlace, Snippet } from "./snippets";

/** How a server talks to the agent, with any OpenAI client. */
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
      label: "Chat, Python",
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
      label: "Chat, JavaScript",
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
    {
      id: "responses",
      label: "Responses",
      language: "python",
      code: `import os
from openai import OpenAI

client = OpenAI(base_url="${base}", api_key=os.environ["MEDEA_API_KEY"])

first = client.responses.create(model="${agent}", input="Hello")
print(first.output_text)

# The server keeps what was said
second = client.responses.create(
    model="${agent}",
    input="And on Sundays?",
    previous_response_id=first.id,
)`,
    },
  ];
}

/** Address of the agent as a server of the Model Context Protocol. */
export const mcpAddress = ({ apiOrigin, agent }: Pick<EmbedPlace, "apiOrigin" | "agent">): string =>
  `${apiOrigin}/mcp/${agent}`;

/** How MCP clients are told of the agent; the key goes where the client keeps secrets. */
export function mcpSnippets(place: Pick<EmbedPlace, "apiOrigin" | "agent">): Snippet[] {
  const { agent } = place;
  const url = mcpAddress(place);
  const headers = { Authorization: `Bearer \${MEDEA_API_KEY}` };
  return [
    {
      id: "json",
      label: "mcp.json",
      language: "json",
      code: JSON.stringify({ mcpServers: { [agent]: { type: "http", url, headers } } }, null, 2),
    },
    {
      id: "claude",
      label: "Claude Code",
      language: "bash",
      code: `claude mcp add --transport http ${agent} ${url} \\
  --header "Authorization: Bearer $MEDEA_API_KEY"`,
    },
    {
      id: "python",
      label: "Python",
      language: "python",
      code: `import asyncio, os
import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

async def main():
    key = os.environ["MEDEA_API_KEY"]
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=120)
    async with Client(streamable_http_client("${url}", http_client=http)) as client:
        answer = await client.call_tool("ask", {"question": "Hello"})
        print(answer.structured_content["answer"])

asyncio.run(main())`,
    },
  ];
}
