import type { Problem } from "./wire.ts";

/** The server refused a request and said why. */
export class ProblemError extends Error {
  readonly problem: Problem;
  /** Seconds the server asked us to wait, from `Retry-After`; null when it named none. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.detail || problem.title || problem.code);
    this.name = "ProblemError";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }

  /** Whether asking again later, unchanged, can succeed. */
  get retryable(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** The request did not reach the server, or its answer did not reach us. */
export class NetworkError extends Error {
  constructor(cause?: unknown) {
    super("The server could not be reached.", { cause });
    this.name = "NetworkError";
  }
}

/** Read a refused response; a body that is no problem document still gives a usable error. */
export async function problemFrom(response: Response): Promise<ProblemError> {
  let body: Partial<Problem> = {};
  try {
    const json: unknown = await response.json();
    if (typeof json === "object" && json !== null) body = json as Partial<Problem>;
  } catch {
    // A proxy's HTML page, or nothing: the status says enough.
  }
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ProblemError(
    {
      ...body,
      status: response.status,
      code: typeof body.code === "string" ? body.code : `http.${response.status}`,
      title: typeof body.title === "string" ? body.title : response.statusText,
      detail: typeof body.detail === "string" ? body.detail : "",
    },
    Number.isFinite(seconds) ? seconds : null,
  );
}
