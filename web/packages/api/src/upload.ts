import { type ApiError, errorFrom, NetworkError } from "./errors.ts";

export interface UploadOptions {
  method?: "POST" | "PUT";
  /** Called with the share that has been sent, 0 to 1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/**
 * Send a form with files and answer the body of the success.
 *
 * By XMLHttpRequest, since `fetch` does not tell how much of a body has been sent.
 */
export function upload<T>(path: string, form: FormData, options: UploadOptions = {}): Promise<T> {
  const { method = "POST", onProgress, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    request.open(method, path);
    request.setRequestHeader("accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      const body = readBody(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as T);
      else reject(refusal(request, body));
    };
    request.onerror = () => reject(new NetworkError("The server could not be reached."));
    request.onabort = () => reject(signal?.reason ?? new NetworkError("The upload was stopped."));
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal(request: XMLHttpRequest, body: unknown): ApiError {
  const retryAfter = request.getResponseHeader("retry-after");
  const headers = retryAfter ? { "retry-after": retryAfter } : undefined;
  return errorFrom(
    new Response(null, { status: request.status, ...(headers && { headers }) }),
    body,
  );
}
