// Talks to an agent with the AI SDK's own transport, unmodified, and prints what it understood as JSON.
import { DefaultChatTransport, readUIMessageStream } from 'ai';

const { ORIGIN, AGENT, KEY } = process.env;
const chatId = 'chat-1';
const transport = new DefaultChatTransport({
  api: `${ORIGIN}/v1/agents/${AGENT}/chat`,
  headers: { authorization: `Bearer ${KEY}` },
});

async function whole(stream) {
  let message = null;
  for await (const next of readUIMessageStream({ stream })) message = next;
  return message;
}

const user = (id, text) => ({ id, role: 'user', parts: [{ type: 'text', text }] });
const send = (messages, trigger) =>
  transport.sendMessages({ chatId, messages, trigger, messageId: undefined, abortSignal: undefined }).then(whole);

const first = await send([user('u1', 'When are you open?')], 'submit-message');
const history = [user('u1', 'When are you open?'), first, user('u2', 'And on Sundays?')];
const second = await send(history, 'submit-message');
const again = await send([...history, second], 'regenerate-message');

const running = await transport.sendMessages({
  chatId,
  messages: [...history, again, user('u3', 'When are you open?')],
  trigger: 'submit-message',
  messageId: undefined,
  abortSignal: undefined,
});
const rejoined = await transport.reconnectToStream({ chatId });
const [sent, resumed] = await Promise.all([whole(running), rejoined ? whole(rejoined) : null]);
const idle = await transport.reconnectToStream({ chatId });
console.log(JSON.stringify({ first, second, again, sent, resumed, idle }));
