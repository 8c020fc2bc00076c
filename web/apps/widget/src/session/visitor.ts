import { NetworkError, ProblemError, problemFrom } from "@medea/chat";
import type { WidgetSession } from "./types.ts";

export interface VisitorOptions {
  agent: string;
  key: string;
  /** Where the resume token is kept: the host page's storage, or our own on a page of our own. */
  keepResumeToken: (token: string | null) => void;
  onSession: (session: WidgetSession, isSameVisitor: boolean) => void;
  /**
   * The identity was refused, by this code; the visitor goes on as somebody unknown. Not told again
   * before one was accepted: a page that answers with another bad token must not turn in circles.
   */
  onUnidentified: (code: string) => void;
  onFailure: (error: unknown) => void;
}

/**
 * The visitor's session: opened when the chat is first wanted, renewed when it runs out.
 *
 * Its token lives in memory only. Who the visitor is comes back by the partitioned cookie of this
 * origin or, where browsers drop that, by the resume token.
 */
export class Visitor {
  private readonly options: VisitorOptions;
  private session: WidgetSession | null = null;
  private opening: Promise<WidgetSession> | null = null;
  private identity: string | null = null;
  /** The identity that the session stands for, or is being opened with. */
  private openedAs: string | null = null;
  private hasToldRefusal = false;
  private visitorId: string | null = null;
  resumeToken: string | null = null;

  constructor(options: VisitorOptions) {
    this.options = options;
  }

  /** The session, opened now if there is none. Rejects with why there can be none. */
  ensure(): Promise<WidgetSession> {
    if (this.session) return Promise.resolve(this.session);
    this.opening ??= this.open().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /** Headers for the chat's calls. */
  readonly authorize = async (): Promise<Record<string, string>> => ({
    authorization: `Bearer ${(await this.ensure()).token}`,
  });

  /** The token was refused: forget it and get another. False when that fails too. */
  readonly renew = async (): Promise<boolean> => {
    this.session = null;
    try {
      await this.ensure();
      return true;
    } catch {
      return false;
    }
  };

  /** Become the visitor the host page's server vouches for; null makes them anonymous again. */
  async identify(token: string | null): Promise<void> {
    if (token === this.identity) return;
    this.identity = token;
    if (token === null) this.keep(null);
    // A session that is just being opened is still that of the visitor before.
    while (this.opening) await this.opening.catch(() => {});
    if (this.session && this.openedAs !== this.identity) await this.renew();
  }

  private keep(token: string | null): void {
    this.resumeToken = token;
    this.options.keepResumeToken(token);
  }

  private async open(): Promise<WidgetSession> {
    const before = this.visitorId;
    try {
      const session = await this.request(this.identity).catch((error: unknown) =>
        this.withoutIdentity(error),
      );
      this.session = session;
      if (this.openedAs) this.hasToldRefusal = false;
      this.visitorId = session.visitor_id;
      if (session.resume_token) this.keep(session.resume_token);
      this.options.onSession(session, before === session.visitor_id);
      return session;
    } catch (error) {
      this.options.onFailure(error);
      throw error;
    }
  }

  /** A token that the server does not accept must not cost the visitor the chat. */
  private withoutIdentity(error: unknown): Promise<WidgetSession> {
    const isRefused = error instanceof ProblemError && error.status === 422;
    if (this.openedAs === null || !isRefused) throw error;
    console.warn(`Medea: the visitor's identity was refused (${error.code}).`);
    if (this.identity === this.openedAs) this.identity = null;
    if (!this.hasToldRefusal) this.options.onUnidentified(error.code);
    this.hasToldRefusal = true;
    return this.request(null);
  }

  private async request(identity: string | null): Promise<WidgetSession> {
    const { agent, key } = this.options;
    this.openedAs = identity;
    let response: Response;
    try {
      response = await fetch("/v1/widget/sessions", {
        method: "POST",
        credentials: "include",
        headers: {
          "content-type": "application/json",
          ...(key ? { authorization: `Bearer ${key}` } : {}),
        },
        body: JSON.stringify({
          agent,
          ...(identity ? { identity_token: identity } : {}),
          ...(this.resumeToken ? { resume_token: this.resumeToken } : {}),
        }),
      });
    } catch (cause) {
      throw new NetworkError(cause);
    }
    if (!response.ok) throw await problemFrom(response);
    return (await response.json()) as WidgetSession;
  }
}
