// Talks to an agent with CopilotKit's own core, unmodified: only its runtime's address is told, as in a page.
globalThis.window = globalThis; // it connects in pages only
const { CopilotKitCore } = await import('@copilotkit/core');

const { ORIGIN, AGENT, KEY, HOLD } = process.env;
const core = new CopilotKitCore({
  runtimeUrl: `${ORIGIN}/v1/ag-ui`,
  headers: { authorization: `Bearer ${KEY}` },
});
const faults = [];
core.subscribe({ onError: ({ error, code }) => void faults.push(`${code}: ${error.message}`) });

const connected = await new Promise((resolve) => {
  const timer = setInterval(() => {
    if (core.runtimeConnectionStatus === 'connecting' || core.runtimeConnectionStatus === 'disconnected') return;
    clearInterval(timer);
    resolve(core.runtimeConnectionStatus);
  }, 20);
});
const agents = Object.keys(core.agents);

core.addTool({
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: undefined,
  handler: async () => 'sunny in the page',
});
core.addContext({ description: 'The page', value: 'the price list' });

const agent = core.getAgent(AGENT);
agent.threadId = 'page-thread';
await core.connectAgent({ agent });
const empty = structuredClone(agent.messages);
agent.addMessage({ id: 'u1', role: 'user', content: 'weather' });
await core.runAgent({ agent });
const first = structuredClone(agent.messages);

// another tab: the same thread, joined anew
const other = agent.clone();
other.setMessages([]);
other.setState({ basket: ['pears'] });
other.threadId = 'page-thread';
await core.connectAgent({ agent: other });
const rejoined = structuredClone(other.messages);
const state = structuredClone(other.state);

// stopping
agent.addMessage({ id: 'u2', role: 'user', content: HOLD });
const running = core.runAgent({ agent });
await new Promise((resolve) => setTimeout(resolve, 600));
agent.abortRun();
await running;
const stopped = structuredClone(agent.messages);
console.log(JSON.stringify({ connected, agents, faults, empty, first, rejoined, state, stopped }));
