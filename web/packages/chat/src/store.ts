import { browserWakeups } from "./backoff.ts";
import { describeFailure } from "./failures.ts";
import { randomKey } from "./keys.ts";
import { ProblemError } from "./problems.ts";
import { type Refusal, type RunnerOptions, TurnRun } from "./runner.ts";
import {
  type ChatAction,
  type ChatMessage,
  type ChatState,
  chatReducer,
  emptyChat,
  isRunning,
  newMessage,
} from "./state.ts";
import type { TurnSource } from "./turn.ts";
import type { Rating, WireConversation } from "./wire.ts";

export interface ChatStoreOptions extends RunnerOptions {
  /** Called for the first message of a conversation that does not exist yet. */
  createConversation: () => Promise<Pick<WireConversation, "id">>;
}

/**
 * One conversation on screen: its state and the verbs on it. Framework-free; `useChat` ties it to React.
 *
 * At most one answer is being written for what was asked here; one that was held may go on beside it.
 * Every verb is safe to call in any state and never rejects: what goes wrong is in the state, on the
 * message it concerns or in `problem`.
 */
export class ChatStore {
  private state: ChatState = emptyChat;
  private readonly listeners = new Set<() => void>();
  readonly options: ChatStoreOptions;
  /** The answers that are followed, by message key: the one that is `answering`, and those beside it. */
  private readonly runs = new Map<string | null, TurnRun>();
  /** Idempotency keys of questions whose fate is unknown, by message key. */
  private readonly idempotencyKeys = new Map<string, string>();

  constructor(options: ChatStoreOptions) {
    this.options = options;
  }

  readonly getState = (): ChatState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Follow the browser's own word on the network; returns how to stop. */
  watchNetwork(): () => void {
    const { isOnline } = this.options.wakeups ?? browserWakeups;
    const update = () => this.patch({ connection: isOnline() ? "online" : "offline" });
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    update();
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }

  /** Show a stored conversation and go on with the answer that is running in it, if one is. */
  async load(conversation: Pick<WireConversation, "id" | "active_turn_id">): Promise<void> {
    this.reset();
    this.patch({ conversationId: conversation.id, loading: "history" });
    try {
      const page = await this.options.client.listMessages(conversation.id);
      if (this.state.conversationId !== conversation.id) return;
      this.dispatch({ type: "loaded", page: page.data, earlier: page.next_cursor });
      this.patch({ loading: "none", problem: null });
      if (conversation.active_turn_id) void this.resume(conversation.active_turn_id);
    } catch (error) {
      this.patch({ loading: "none", problem: describeFailure(error) });
    }
  }

  async loadEarlier(): Promise<void> {
    const { conversationId, earlier, loading } = this.state;
    if (!conversationId || !earlier || loading !== "none") return;
    this.patch({ loading: "earlier" });
    try {
      const page = await this.options.client.listMessages(conversationId, earlier);
      this.dispatch({ type: "loaded-earlier", page: page.data, earlier: page.next_cursor });
      this.patch({ loading: "none" });
    } catch (error) {
      this.patch({ loading: "none", problem: describeFailure(error) });
    }
  }

  /** Begin anew; the next message makes the conversation. */
  reset(): void {
    this.leave();
    this.idempotencyKeys.clear();
    this.dispatch({ type: "loaded", page: [], earlier: null });
    const { messages, connection, ...rest } = emptyChat;
    this.patch(rest);
  }

  /** Stop following without stopping the answers. */
  leave(): void {
    for (const run of this.runs.values()) run.leave();
    this.runs.clear();
  }

  /** Ask something. False when an answer is still running or there is nothing to ask. */
  send(text: string): boolean {
    const trimmed = text.trim();
    if (trimmed === "" || this.isAnswering()) return false;
    const question = newMessage("user", trimmed);
    const reply = newMessage("assistant", "");
    this.dispatch({ type: "asked", question, reply });
    void this.ask(question, reply);
    return true;
  }

  /** Do again what failed: send the question, join the answer, or have it written anew. */
  async retry(key: string): Promise<void> {
    const message = this.find(key);
    if (!message || this.isAnswering()) return;
    if (message.status === "unsent") {
      const reply = newMessage("assistant", "");
      this.put({ ...message, status: "sending", error: null });
      this.dispatch({ type: "replying", after: key, message: reply });
      await this.ask(message, reply);
    } else if (message.turnId && message.error?.code === "network.unreachable") {
      this.put({ ...message, status: "queued", error: null });
      await this.follow(key, { turnId: message.turnId }, message.turnId);
    } else await this.regenerate(key);
  }

  /** Have the reply written again; the one there now comes back if that is refused. */
  async regenerate(key: string): Promise<void> {
    const before = this.find(key);
    if (!before?.turnId || this.isAnswering()) return;
    this.put({ ...before, status: "queued", text: "", error: null, feedback: null, parts: [] });
    const path = `/v1/turns/${before.turnId}/regenerate`;
    const refusal = await this.follow(key, { start: { path, key: randomKey() } }, null);
    if (!refusal) return;
    this.put(before);
    this.patch({ problem: describeFailure(refusal.refused) });
  }

  /** Ask the server to stop the running answer; what has arrived stays. */
  async stop(): Promise<void> {
    await this.runs.get(this.state.answering)?.stop();
  }

  /** Rate a reply; the same rating again takes it back. */
  async rate(key: string, rating: Rating): Promise<void> {
    const message = this.find(key);
    if (!message?.id) return;
    const feedback = message.feedback === rating ? null : rating;
    this.dispatch({ type: "rated", key, feedback });
    try {
      await this.options.client.rate(message.id, feedback);
    } catch (error) {
      this.dispatch({ type: "rated", key, feedback: message.feedback });
      this.patch({ problem: describeFailure(error) });
    }
  }

  /** The visitor has read the failure. */
  dismissProblem(): void {
    this.patch({ problem: null });
  }

  private isAnswering(): boolean {
    return this.state.answering !== null;
  }

  /** Follow a turn that runs already, or goes on after it has waited. */
  async resume(turnId: string): Promise<void> {
    const isReply = (it: ChatMessage) => it.turnId === turnId && it.role === "assistant";
    let reply = this.state.messages.find(isReply);
    if (!reply) {
      reply = { ...newMessage("assistant", ""), turnId };
      this.dispatch({ type: "replying", after: null, message: reply });
    }
    await this.follow(reply.key, { turnId }, turnId);
  }

  private async ask(question: ChatMessage, reply: ChatMessage): Promise<void> {
    const idempotencyKey = this.idempotencyKeys.get(question.key) ?? randomKey();
    this.idempotencyKeys.set(question.key, idempotencyKey);
    this.patch({ problem: null, answering: reply.key });
    const refusal = await this.submit(question, reply, idempotencyKey);
    if (!refusal) return;
    // A refused question is settled; after a lost answer the same key must be sent again.
    if (refusal.refused instanceof ProblemError) this.idempotencyKeys.delete(question.key);
    const error = describeFailure(refusal.refused);
    this.dispatch({ type: "unsent", key: question.key, replyKey: reply.key, error });
    this.patch({ answering: null, stopping: false });
  }

  private async submit(question: ChatMessage, reply: ChatMessage, key: string): Promise<Refusal> {
    try {
      let id = this.state.conversationId;
      if (!id) {
        id = (await this.options.createConversation()).id;
        if (this.state.answering !== reply.key) return null; // Left meanwhile.
        this.patch({ conversationId: id });
      }
      const path = `/v1/conversations/${id}/messages`;
      const source = { start: { path, body: { text: question.text }, key } };
      return await this.follow(reply.key, source, null);
    } catch (refused) {
      return this.state.answering === reply.key ? { refused } : null;
    }
  }

  private async follow(key: string, source: TurnSource, turnId: string | null): Promise<Refusal> {
    const { createConversation, ...options } = this.options;
    const run = new TurnRun(key, turnId, options, (action) => this.dispatch(action));
    this.runs.get(key)?.leave();
    this.runs.delete(key);
    // One that comes while another is being written takes nothing from it.
    if (!this.runs.has(this.state.answering)) this.patch({ answering: key, stopping: false });
    this.runs.set(key, run);
    const refusal = await run.follow(source);
    if (this.runs.get(key) !== run) return refusal;
    this.runs.delete(key);
    if (this.state.answering === key) this.patch({ answering: null, stopping: false });
    if (this.state.connection === "reconnecting") this.patch({ connection: "online" });
    if (refusal || this.find(key)?.status === "waiting") return refusal;
    // What stood behind it is next, unless it is followed already.
    const next = this.state.messages.find((it) => isRunning(it) && !this.runs.has(it.key));
    if (next?.turnId) void this.resume(next.turnId);
    return null;
  }

  private find(key: string): ChatMessage | undefined {
    return this.state.messages.find((message) => message.key === key);
  }

  private put(message: ChatMessage): void {
    this.dispatch({ type: "put", key: message.key, message });
  }

  private patch(patch: Partial<Omit<ChatState, "messages">>): void {
    this.dispatch({ type: "patch", patch });
  }

  private dispatch(action: ChatAction): void {
    const next = chatReducer(this.state, action);
    if (next === this.state) return;
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}
