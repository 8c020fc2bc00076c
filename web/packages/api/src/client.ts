/** One door to the API: typed by its OpenAPI, problems as ApiError, a hook for a lost session. */
import createClient from "openapi-fetch";
import { errorFrom, NetworkError } from "./errors.ts";
import type { paths } from "./schema.gen.ts";

export interface ClientOptions {
  /** Prefix of every path; empty means the page's own origin. */
  baseUrl?: string;
  fetch?: (request: Request) => Promise<Response>;
}

/** What openapi-fetch answers with. */
interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function sendWith(fetcher: (request: Request) => Promise<Response>) {
  return async (request: Request): Promise<Response> => {
    try {
      return await fetcher(request);
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw new NetworkError("The server could not be reached.", { cause: error });
    }
  };
}

export class ApiClient {
  readonly http: ReturnType<typeof createClient<paths>>;
  private readonly lost = new Set<() => void>();

  constructor(options: ClientOptions = {}) {
    this.http = createClient<paths>({
      // A request needs a full address outside a browser, and has the page's own inside one.
      baseUrl: options.baseUrl ?? globalThis.location?.origin ?? "",
      credentials: "same-origin",
      headers: { accept: "application/json" },
      fetch: sendWith(options.fetch ?? ((request) => globalThis.fetch(request))),
    });
  }

  /** Call `listener` whenever a request finds that nobody is logged in; returns the undo. */
  onUnauthenticated(listener: () => void): () => void {
    this.lost.add(listener);
    return () => this.lost.delete(listener);
  }

  /** The body of a success; a refusal is thrown and, if the session is gone, told to listeners. */
  async body<T>(call: Promise<Outcome<T>>): Promise<T> {
    try {
      return await this.quietBody(call);
    } catch (error) {
      if (error instanceof Error && "isUnauthenticated" in error && error.isUnauthenticated) {
        for (const listener of this.lost) listener();
      }
      throw error;
    }
  }

  /** The same where the caller deals with 401 itself: log-in form, first look at the session. */
  async quietBody<T>(call: Promise<Outcome<T>>): Promise<T> {
    const { data, error, response } = await call;
    if (!response.ok) throw errorFrom(response, error);
    return data as T;
  }
}
