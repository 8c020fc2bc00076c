/** One door to the API: JSON in and out, problems as ApiError, a hook for a lost session. */
import { errorFrom, NetworkError } from "./errors.ts";

export type QueryValue = string | number | boolean | null | undefined;

export interface RequestOptions {
  query?: Record<string, QueryValue>;
  body?: unknown;
  signal?: AbortSignal;
  /** The caller deals with 401 itself (log-in form, first look at the session). */
  allowUnauthenticated?: boolean;
}

export interface ClientOptions {
  /** Prefix of every path; empty means the page's own origin. */
  baseUrl?: string;
  fetch?: typeof fetch;
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

async function readBody(response: Response): Promise<unknown> {
  const raw = await response.text();
  if (raw === "") return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}

function queryString(query: Record<string, QueryValue> | undefined): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") params.set(key, String(value));
  }
  const encoded = params.toString();
  return encoded === "" ? "" : `?${encoded}`;
}

export class ApiClient {
  private readonly lost = new Set<() => void>();

  constructor(private readonly options: ClientOptions = {}) {}

  /** Call `listener` whenever a request finds that nobody is logged in; returns the undo. */
  onUnauthenticated(listener: () => void): () => void {
    this.lost.add(listener);
    return () => this.lost.delete(listener);
  }

  async request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.send(method, path, options);
    const body = await readBody(response);
    if (response.ok) return body as T;
    if (response.status === 401 && !options.allowUnauthenticated) {
      for (const listener of this.lost) listener();
    }
    throw errorFrom(response, body);
  }

  private async send(method: Method, path: string, options: RequestOptions): Promise<Response> {
    const url = `${this.options.baseUrl ?? ""}/v1${path}${queryString(options.query)}`;
    const headers: Record<string, string> = { accept: "application/json" };
    if (options.body !== undefined) headers["content-type"] = "application/json";
    const send = this.options.fetch ?? fetch;
    try {
      return await send(url, {
        method,
        headers,
        credentials: "same-origin",
        body: options.body === undefined ? null : JSON.stringify(options.body),
        signal: options.signal ?? null,
      });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new NetworkError("The server could not be reached.", { cause: error });
    }
  }
}
