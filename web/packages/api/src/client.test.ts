import { describe, expect, it } from "vitest";
import { ApiError, createApi, messageOf, NetworkError } from "./index.ts";

function apiAnswering(answer: () => Response | Promise<Response>) {
  const requests: Request[] = [];
  const api = createApi({
    baseUrl: "http://medea.test",
    fetch: async (request) => {
      requests.push(request);
      return answer();
    },
  });
  return { api, requests };
}

const problem = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });

const failure = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail("should have been refused"),
    (error) => error,
  );

describe("requests", () => {
  it("carry path, query and body", async () => {
    const { api, requests } = apiAnswering(() => Response.json({ data: [], next_cursor: null }));
    await api.agents.list({ q: "a b", limit: 5 });
    expect(requests[0]?.url).toBe("http://medea.test/v1/agents?limit=5&q=a%20b");
    await api.agents.list({ q: "" });
    expect(requests[1]?.url).toBe("http://medea.test/v1/agents");
    await api.members.invite({ email: "a@b.example", role: "editor" });
    expect(await requests[2]?.json()).toEqual({ email: "a@b.example", role: "editor" });
  });

  it("answer nothing for 204", async () => {
    const { api } = apiAnswering(() => new Response(null, { status: 204 }));
    expect(await api.auth.logout()).toBeUndefined();
  });
});

describe("refusals", () => {
  it("become an ApiError with code, fields and the rest", async () => {
    const { api } = apiAnswering(() =>
      problem(422, {
        status: 422,
        code: "request.invalid",
        detail: "Two values are not accepted.",
        errors: [
          { field: "name", message: "Too long.", code: "too_long" },
          { field: "name", message: "And odd.", code: "odd" },
          { field: "appearance.accent", message: "Not a colour.", code: "colour" },
        ],
        missing: ["system_prompt"],
      }),
    );
    const error = (await failure(api.agents.get("x"))) as ApiError;
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: "request.invalid" });
    expect(error.fields).toEqual({ name: "Too long.", "appearance.accent": "Not a colour." });
    expect(error.extra).toEqual({ missing: ["system_prompt"] });
  });

  it("tell how long to wait", async () => {
    const { api } = apiAnswering(() =>
      problem(429, { code: "limits.too_many_requests" }, { "retry-after": "7" }),
    );
    const error = (await failure(api.agents.list())) as ApiError;
    expect(error.retryAfter).toBe(7);
    expect(messageOf(error)).toContain("Too many requests");
  });

  it("are understood without a problem document", async () => {
    const { api } = apiAnswering(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    const error = (await failure(api.agents.list())) as ApiError;
    expect(error).toMatchObject({ status: 502, code: "http.502" });
    expect(error.detail).not.toContain("<");
  });

  it("tell the listeners that the session is gone, except where 401 is an answer", async () => {
    const { api } = apiAnswering(() => problem(401, { code: "auth.unauthenticated" }));
    let calls = 0;
    const stop = api.client.onUnauthenticated(() => calls++);
    await failure(api.auth.me());
    await failure(api.auth.login({ email: "a@b.example", password: "wrong" }));
    expect(calls).toBe(0);
    await failure(api.agents.list());
    expect(calls).toBe(1);
    stop();
    await failure(api.agents.list());
    expect(calls).toBe(1);
  });
});

describe("an unreachable server", () => {
  it("is a NetworkError with words for a person", async () => {
    const { api } = apiAnswering(() => Promise.reject(new TypeError("Failed to fetch")));
    const error = await failure(api.agents.list());
    expect(error).toBeInstanceOf(NetworkError);
    expect(messageOf(error)).toContain("could not be reached");
  });
});
