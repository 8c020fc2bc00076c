// An AI SDK client, unmodified, whose server says farewell in mid-answer; prints what it understood as JSON.
import { DefaultChatTransport, readUIMessageStream } from 'ai';

const { ORIGIN, AGENT, KEY } = process.env;
const chatId = 'chat-1';
const transport = new DefaultChatTransport({
  api: `${ORIGIN}/v1/agents/${AGENT}/chat`,
  headers: { authorization: `Bearer ${KEY}` },
});
const faults = [];

async function whole(stream, onFirstText) {
  let message = null;
  for await (const next of readUIMessageStream({ stream, onError: (fault) => faults.push(String(fault)) })) {
    if (message?.parts.some((part) => part.type === 'text')) onFirstText?.();
    message = next;
  }
  return message;
}

const stream = await transport.sendMessages({
  chatId,
  messages: [{ id: 'u1', role: 'user', parts: [{ type: 'text', text: 'When are you open?' }] }],
  trigger: 'submit-message',
  messageId: undefined,
  abortSignal: undefined,
});
const cut = await whole(stream, () => console.log('begun'));
const again = await transport.reconnectToStream({ chatId });
const rest = again ? await whole(again) : null;
console.log(JSON.stringify({ cut, rest, faults }));
