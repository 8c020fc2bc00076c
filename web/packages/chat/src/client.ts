import { NetworkError, problemFrom } from "./problems.ts";
import type {
  Page,
  Rating,
  TurnAccepted,
  WireConversation,
  WireMessage,
  WireTurn,
} from "./wire.ts";

export interface ClientOptions {
  /** Origin of the API, without a trailing slash; empty for the page's own. */
  baseUrl?: string;
  /** Headers that prove who asks, e.g. `authorization`; read before every request. */
  authorize?: () => Record<string, string> | Promise<Record<string, string>>;
  /** Called on 401: get new credentials and answer whether asking once more is worth it. */
  renew?: () => Promise<boolean>;
  credentials?: RequestCredentials;
  fetch?: typeof fetch;
}

interface Ask {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/**
 * The calls a chat makes. Every method rejects with `ProblemError` when the server refused and with
 * `NetworkError` when it could not be asked.
 */
export class ChatClient {
  private readonly options: ClientOptions;

  constructor(options: ClientOptions = {}) {
    this.options = options;
  }

  /** Send a request and return the response if it is a success, whatever its body. */
  async request(path: string, ask: Ask = {}): Promise<Response> {
    let response = await this.attempt(path, ask);
    if (response.status === 401 && this.options.renew && (await this.options.renew())) {
      response = await this.attempt(path, ask);
    }
    if (!response.ok) throw await problemFrom(response);
    return response;
  }

  async json<T>(path: string, ask: Ask = {}): Promise<T> {
    const response = await this.request(path, ask);
    return (await response.json()) as T;
  }

  createConversation(body: { agent: string; draft?: boolean }): Promise<WireConversation> {
    return this.json("/v1/conversations", { method: "POST", body });
  }

  getConversation(id: string): Promise<WireConversation> {
    return this.json(`/v1/conversations/${id}`);
  }

  /** One page of messages, newest first. */
  listMessages(conversationId: string, cursor?: string, limit = 40): Promise<Page<WireMessage>> {
    const query = new URLSearchParams({ order: "desc", limit: String(limit) });
    if (cursor) query.set("cursor", cursor);
    return this.json(`/v1/conversations/${conversationId}/messages?${query}`);
  }

  getTurn(turnId: string): Promise<WireTurn> {
    return this.json(`/v1/turns/${turnId}`);
  }

  cancelTurn(turnId: string): Promise<WireTurn> {
    return this.json(`/v1/turns/${turnId}/cancel`, { method: "POST" });
  }

  rate(messageId: string, rating: Rating | null, comment?: string): Promise<WireMessage> {
    return this.json(`/v1/messages/${messageId}/feedback`, {
      method: "POST",
      body: comment === undefined ? { rating } : { rating, comment },
    });
  }

  /**
   * Begin a turn and ask for its stream. The same `key` may be sent again after a lost answer: the
   * server then answers for the turn it already has, possibly with `TurnAccepted` as JSON.
   */
  beginTurn(
    start: { path: string; body?: unknown; key: string },
    signal: AbortSignal,
  ): Promise<Response> {
    return this.request(start.path, {
      method: "POST",
      body: start.body,
      headers: { accept: "text/event-stream", "idempotency-key": start.key },
      signal,
    });
  }

  joinTurn(turnId: string, lastEventId: string, signal: AbortSignal): Promise<Response> {
    return this.request(`/v1/turns/${turnId}/stream`, {
      headers: {
        accept: "text/event-stream",
        ...(lastEventId ? { "last-event-id": lastEventId } : {}),
      },
      signal,
    });
  }

  private async attempt(path: string, ask: Ask): Promise<Response> {
    const { baseUrl = "", authorize, credentials = "same-origin" } = this.options;
    const headers: Record<string, string> = {
      accept: "application/json",
      ...(await authorize?.()),
    };
    if (ask.body !== undefined) headers["content-type"] = "application/json";
    try {
      return await (this.options.fetch ?? fetch)(baseUrl + path, {
        method: ask.method ?? "GET",
        headers: { ...headers, ...ask.headers },
        credentials,
        cache: "no-store",
        ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
        ...(ask.signal ? { signal: ask.signal } : {}),
      });
    } catch (cause) {
      if (ask.signal?.aborted) throw cause;
      throw new NetworkError(cause);
    }
  }
}

export type { TurnAccepted };
