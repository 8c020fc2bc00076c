/** A refusal of the API, read from its problem document (RFC 9457). */

export interface FieldProblem {
  field: string;
  message: string;
  code: string;
}

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    /** Stable and machine-readable, such as `agents.slug_taken`. */
    readonly code: string,
    readonly detail: string,
    readonly problems: readonly FieldProblem[] = [],
    /** Seconds to wait, from `Retry-After`. */
    readonly retryAfter: number | null = null,
    /** Every other member of the problem document (`missing`, `required`, ...). */
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }

  /** The first message for each field, by dotted path. */
  get fields(): Record<string, string> {
    const messages: Record<string, string> = {};
    for (const problem of this.problems) messages[problem.field] ??= problem.message;
    return messages;
  }

  get isUnauthenticated(): boolean {
    return this.status === 401;
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }
}

/** The server could not be reached, or the connection broke before an answer came. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

const STANDARD = new Set(["type", "title", "status", "detail", "code", "instance", "errors"]);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function readProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((item) => ({
    field: text(item.field) ?? "",
    message: text(item.message) ?? "This value is not accepted.",
    code: text(item.code) ?? "invalid",
  }));
}

function readRetryAfter(headers: Headers): number | null {
  const value = headers.get("retry-after");
  if (!value) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

function fallbackDetail(status: number): string {
  if (status === 413) return "That is too large to send.";
  if (status === 429) return "Too many requests. Wait a moment and try again.";
  if (status >= 500) return "The server failed to answer. Try again in a moment.";
  return `The request was refused (${status}).`;
}

/** Turn a failed response into an ApiError, also when its body is no problem document. */
export function errorFrom(response: Response, body: unknown): ApiError {
  const problem = isRecord(body) ? body : {};
  const extra = Object.fromEntries(Object.entries(problem).filter(([key]) => !STANDARD.has(key)));
  return new ApiError(
    response.status,
    text(problem.code) ?? `http.${response.status}`,
    text(problem.detail) ?? text(problem.title) ?? fallbackDetail(response.status),
    readProblems(problem.errors),
    readRetryAfter(response.headers),
    extra,
  );
}

/** A sentence for a person, whatever went wrong. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  if (error instanceof NetworkError) return "Medea could not be reached. Check the connection.";
  return error instanceof Error && error.message ? error.message : "Something went wrong.";
}
