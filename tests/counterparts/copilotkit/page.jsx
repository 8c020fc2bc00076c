// A small page as its developers would write it: CopilotKit's own chat, one tool of the page, a button for approvals.
// What differs from run to run comes in the address: ?runtime= its runtime, &agent=, &thread=, &token= for direct talk.
import { CopilotChat, CopilotKitProvider, useAgent, useFrontendTool, useInterrupt } from '@copilotkit/react-core/v2';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';

const given = Object.fromEntries(new URLSearchParams(window.location.search));
const NO_HEADERS = {};

function card({ name, status, result }) {
  return (
    <p data-testid="tool">
      {name} {status} {result}
    </p>
  );
}

const cards = [{ name: '*', args: z.any(), render: card }];

function Chat() {
  const { agent } = useAgent({ agentId: given.agent });
  const [price, setPrice] = useState('');
  useFrontendTool({
    name: 'show_price',
    description: 'Shows a price on the page.',
    parameters: z.object({ euros: z.number() }),
    handler: async ({ euros }) => {
      setPrice(`${euros} €`);
      return 'shown';
    },
  });
  useInterrupt({
    agentId: given.agent,
    render: ({ interrupt, resolve, cancel }) => (
      <section data-testid="interrupt">
        {interrupt.message}
        <button type="button" onClick={() => resolve({ approved: true })}>
          Allow
        </button>
        <button type="button" onClick={() => cancel()}>
          Refuse
        </button>
      </section>
    ),
  });
  return (
    <>
      <output data-testid="price">{price}</output>
      <output data-testid="running">{String(agent.isRunning)}</output>
      <pre data-testid="state">{JSON.stringify(agent.state)}</pre>
      <CopilotChat agentId={given.agent} threadId={given.thread} />
    </>
  );
}

function Page() {
  const [fault, setFault] = useState('');
  const headers = given.token ? { authorization: `Bearer ${given.token}` } : NO_HEADERS;
  return (
    <CopilotKitProvider
      runtimeUrl={given.runtime}
      headers={headers}
      renderToolCalls={cards}
      enableInspector={false}
      onError={({ error, code }) => setFault(`${code}: ${error.message}`)}
    >
      <p data-testid="fault">{fault}</p>
      <Chat />
    </CopilotKitProvider>
  );
}

createRoot(document.getElementById('page')).render(<Page />);
