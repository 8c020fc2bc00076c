// Talks to an agent with AG-UI's own HttpAgent, unmodified, and prints what it understood as JSON.
import { HttpAgent } from '@ag-ui/client';

const { ORIGIN, AGENT, KEY } = process.env;
const agent = new HttpAgent({
  url: `${ORIGIN}/v1/ag-ui/agent/${AGENT}/run`,
  headers: { authorization: `Bearer ${KEY}` },
  threadId: 'thread-1',
  initialState: { basket: ['apples'] },
});

async function run(parameters) {
  const events = [];
  let error = null;
  try {
    await agent.runAgent(parameters, { onEvent: ({ event }) => void events.push(event) });
  } catch (thrown) {
    error = String(thrown);
  }
  const { messages, state } = structuredClone({ messages: agent.messages, state: agent.state });
  return { events, error, messages, state, interrupts: agent.pendingInterrupts ?? [] };
}

async function ask(text, parameters) {
  agent.addMessage({ id: `u-${agent.messages.length}`, role: 'user', content: text });
  return run(parameters);
}

const weather = {
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const hello = await ask('Hello');
const sum = await ask('sum');
const asked = await ask('weather', { tools: [weather] });
const pending = asked.events.at(-1).outcome?.pendingToolCallIds ?? [];
for (const id of pending) {
  agent.addMessage({ id: `r-${id}`, role: 'tool', toolCallId: id, content: '18 degrees' });
}
const told = await run({ tools: [weather] });
const approval = await ask('ask first');
const [interrupt] = approval.interrupts;
const resume = [{ interruptId: interrupt.id, status: 'resolved', payload: { approved: true } }];
const approved = await run({ resume });
const form = await ask('form');
const [fields] = form.interrupts;
const filled = await run({
  resume: [{ interruptId: fields.id, status: 'resolved', payload: { email: 'ada@example.com' } }],
});
const failed = await ask('fail');
console.log(JSON.stringify({ hello, sum, asked, told, approval, approved, form, filled, failed }));
