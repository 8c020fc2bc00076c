/**
 * A stand-in for Medea's API, for working on the widget without a database.
 *
 * `node packages/chat/testing/server.mjs [port]` (from `web/`, after `npm run build:widget build:embed`)
 * serves the built widget, the loader, the demo shop and the visitor's calls on one port; use
 * `http://127.0.0.1:<port>/demo`, whose widget comes from `localhost`, another origin.
 * What is asked chooses what happens: see `ANSWERS` in `script.mjs`.
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { serveFile } from "./files.mjs";
import { AGENT, answerFor } from "./script.mjs";

const port = Number(process.argv[2] ?? 8123);
const visitors = new Map();
const conversations = new Map();
const messages = new Map();
const turns = new Map();
const id = (prefix) => `${prefix}_${randomUUID().replaceAll("-", "")}`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function sendJson(response, status, body) {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

const problem = (response, status, code, detail) =>
  sendJson(response, status, { type: "about:blank", title: code, status, code, detail });

async function readJson(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

const visible = ({ messageIds, visitor, ...conversation }) => conversation;

function openSession(response, body) {
  const known = visitors.get(body.resume_token);
  const visitor = known ?? { id: id("vis"), resume: id("res"), latest: null };
  visitors.set(visitor.resume, visitor);
  if (body.agent === "missing") {
    return problem(response, 404, "agents.agent_not_found", "There is no such agent.");
  }
  const token = `vst_${visitor.resume}`;
  const latest = visitor.latest && visible(conversations.get(visitor.latest));
  return sendJson(response, 201, {
    token,
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    visitor_id: visitor.id,
    resume_token: visitor.resume,
    agent: { id: "agt_1", slug: body.agent, name: "Trail Guide" },
    config: AGENT,
    conversation: latest,
  });
}

function createConversation(response, visitor) {
  const now = new Date().toISOString();
  const conversation = {
    id: id("cnv"),
    title: null,
    channel: "widget",
    status: "open",
    active_turn_id: null,
    message_count: 0,
    visitor_id: visitor.id,
    created_at: now,
    updated_at: now,
    messageIds: [],
  };
  conversations.set(conversation.id, conversation);
  visitor.latest = conversation.id;
  sendJson(response, 201, visible(conversation));
}

function addMessage(conversation, fields) {
  const message = {
    id: id("msg"),
    error: null,
    model: null,
    usage: null,
    cost_usd: null,
    feedback: null,
    created_at: new Date().toISOString(),
    ...fields,
  };
  messages.set(message.id, message);
  conversation.messageIds.push(message.id);
  return message;
}

function listMessages(response, conversation, query) {
  const limit = Number(query.get("limit") ?? 50);
  const from = Number(query.get("cursor") ?? 0);
  const all = conversation.messageIds.map((key) => messages.get(key)).reverse();
  sendJson(response, 200, {
    data: all.slice(from, from + limit),
    next_cursor: from + limit < all.length ? String(from + limit) : null,
  });
}

function startTurn(conversation, question, reply) {
  const turn = {
    id: id("trn"),
    conversation,
    reply,
    frames: [],
    attempt: 1,
    done: false,
    wake: [],
  };
  turns.set(turn.id, turn);
  reply.turn_id = turn.id;
  conversation.active_turn_id = turn.id;
  void run(turn, question);
  return turn;
}

function push(turn, frame) {
  turn.frames.push({ id: `${turn.attempt}-${turn.frames.length}`, frame });
  for (const wake of turn.wake.splice(0)) wake();
}

async function run(turn, question) {
  const { reply, conversation } = turn;
  const metadata = { turn_id: turn.id, conversation_id: conversation.id, agent_version: 1 };
  const answer = answerFor(question);
  await pause(answer.thinkMs ?? 500);
  push(turn, { type: "start", messageId: reply.id, messageMetadata: metadata });
  push(turn, { type: "text-start", id: "t" });
  reply.status = "streaming";
  for (const word of answer.text.match(/\S+\s*|\s+/g) ?? []) {
    if (turn.cancelled) break;
    reply.text += word;
    push(turn, { type: "text-delta", id: "t", delta: word });
    await pause(answer.wordMs ?? 25);
  }
  if (turn.cancelled) {
    reply.status = "cancelled";
    push(turn, { type: "abort" });
  } else if (answer.error) {
    reply.status = "failed";
    reply.error = answer.error;
    push(turn, { type: "data-error", data: answer.error });
    push(turn, { type: "error", errorText: answer.error.message });
  } else {
    reply.status = "complete";
    push(turn, { type: "text-end", id: "t" });
    push(turn, { type: "finish", messageMetadata: { model: "fake", finish_reason: "stop" } });
  }
  conversation.active_turn_id = null;
  turn.done = true;
  push(turn, null);
}

async function streamTurn(request, response, turn, drop) {
  const after = request.headers["last-event-id"];
  let at = after ? turn.frames.findIndex((entry) => entry.id === after) + 1 : 0;
  let sent = 0;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.write("retry: 500\n\n");
  while (!response.destroyed) {
    for (; at < turn.frames.length; at++) {
      const { id: eventId, frame } = turn.frames[at];
      if (frame === null) return response.end("data: [DONE]\n\n");
      response.write(`id: ${eventId}\ndata: ${JSON.stringify(frame)}\n\n`);
      if (drop && ++sent > 20) return response.destroy();
    }
    await new Promise((wake) => turn.wake.push(wake));
  }
}

function ask(request, response, conversation, body, replyTo) {
  if (body.text === "refuse") {
    return problem(response, 429, "limits.too_many_requests", "Too many messages at once.");
  }
  const reply =
    replyTo ??
    addMessage(conversation, { role: "assistant", text: "", status: "queued", turn_id: null });
  const turn = startTurn(conversation, body.text, reply);
  return streamTurn(request, response, turn, body.text.includes("drop"));
}

async function handle(request, response) {
  const url = new URL(request.url, "http://x");
  const path = url.pathname;
  if (!path.startsWith("/v1/")) return serveFile(response, path, port);
  const body = request.method === "POST" ? await readJson(request) : {};
  if (path === "/v1/widget/sessions") return openSession(response, body);
  const token = (request.headers.authorization ?? "").replace("Bearer vst_", "");
  const visitor = visitors.get(token);
  if (!visitor) return problem(response, 401, "auth.unauthenticated", "No session.");
  const [, , kind, key, verb] = path.split("/");
  if (kind === "conversations" && !key) return createConversation(response, visitor);
  if (kind === "conversations" && verb === "messages") {
    const conversation = conversations.get(key);
    if (!conversation) return problem(response, 404, "conversations.conversation_not_found", "");
    if (request.method === "GET") return listMessages(response, conversation, url.searchParams);
    addMessage(conversation, { role: "user", text: body.text, status: "complete", turn_id: null });
    return ask(request, response, conversation, body, null);
  }
  if (kind === "messages") {
    messages.get(key).feedback = body.rating;
    return sendJson(response, 200, messages.get(key));
  }
  const turn = turns.get(key);
  if (!turn) return problem(response, 404, "conversations.turn_not_found", "");
  if (verb === "stream") return streamTurn(request, response, turn, false);
  if (verb === "cancel") {
    turn.cancelled = true;
    return sendJson(response, 200, { id: turn.id, status: "cancelled" });
  }
  Object.assign(turn.reply, { text: "", status: "queued", error: null, feedback: null });
  return ask(request, response, turn.conversation, { text: "again" }, turn.reply);
}

createServer((request, response) => {
  handle(request, response).catch((error) => problem(response, 500, "fake.broken", String(error)));
}).listen(port, () => console.log(`http://127.0.0.1:${port}/demo`));
