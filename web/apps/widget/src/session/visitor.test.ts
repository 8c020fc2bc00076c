import { afterEach, describe, expect, it, vi } from "vitest";
import type { WidgetSession } from "./types.ts";
import { Visitor } from "./visitor.ts";

const session = (token: string): Partial<WidgetSession> => ({
  token,
  visitor_id: "vis_1",
  resume_token: `resume_${token}`,
});
const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

function visitorWith(answers: (() => Response)[]) {
  const bodies: Record<string, unknown>[] = [];
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    bodies.push(JSON.parse(String(init.body)));
    const next = answers.shift();
    if (!next) throw new TypeError("Failed to fetch");
    return next();
  });
  const kept: (string | null)[] = [];
  const seen: boolean[] = [];
  const refused: string[] = [];
  const visitor = new Visitor({
    agent: "demo",
    key: "pk_1",
    keepResumeToken: (token) => kept.push(token),
    onSession: (_session, isSame) => seen.push(isSame),
    onUnidentified: (code) => refused.push(code),
    onFailure: () => {},
  });
  return { visitor, bodies, kept, seen, refused };
}

afterEach(() => vi.unstubAllGlobals());

describe("Visitor", () => {
  it("opens one session however many ask at once", async () => {
    const { visitor, bodies } = visitorWith([() => answer(201, session("a"))]);
    const headers = await Promise.all([visitor.authorize(), visitor.authorize()]);
    expect(headers).toEqual([{ authorization: "Bearer a" }, { authorization: "Bearer a" }]);
    expect(bodies).toEqual([{ agent: "demo" }]);
  });

  it("comes back as the same visitor when its session runs out", async () => {
    const { visitor, bodies, kept, seen } = visitorWith([
      () => answer(201, session("a")),
      () => answer(201, session("b")),
    ]);
    await visitor.ensure();
    expect(await visitor.renew()).toBe(true);
    expect(bodies[1]).toEqual({ agent: "demo", resume_token: "resume_a" });
    expect(kept).toEqual(["resume_a", "resume_b"]);
    expect(seen).toEqual([false, true]);
  });

  it("says so when it cannot come back", async () => {
    const { visitor } = visitorWith([() => answer(201, session("a"))]);
    await visitor.ensure();
    expect(await visitor.renew()).toBe(false);
  });

  it("keeps the chat when the identity is refused, and says so once", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const invalid = { status: 422, code: "conversations.identity_token_invalid" };
    const { visitor, bodies, refused } = visitorWith([
      () => answer(422, invalid),
      () => answer(201, session("a")),
      () => answer(422, invalid),
      () => answer(201, session("b")),
      () => answer(201, session("c")),
      () => answer(422, invalid),
      () => answer(201, session("d")),
    ]);
    await visitor.identify("forged");
    expect((await visitor.ensure()).token).toBe("a");
    expect(bodies[0]).toEqual({ agent: "demo", identity_token: "forged" });
    expect(bodies[1]).toEqual({ agent: "demo" });
    await visitor.identify("forged again");
    expect(refused).toEqual([invalid.code]);
    await visitor.identify("good");
    await visitor.identify("run out");
    expect(refused).toEqual([invalid.code, invalid.code]);
    expect((await visitor.ensure()).token).toBe("d");
  });

  it("does not take another refusal for one of the identity", async () => {
    const { visitor, bodies, refused } = visitorWith([
      () => answer(429, { status: 429, code: "limits.too_many_requests" }),
      () => answer(201, session("a")),
    ]);
    await visitor.identify("signed");
    await expect(visitor.ensure()).rejects.toThrow();
    await visitor.ensure();
    expect(bodies.map((body) => body.identity_token)).toEqual(["signed", "signed"]);
    expect(refused).toEqual([]);
  });

  it("opens the session again when the identity comes late", async () => {
    const { visitor, bodies } = visitorWith([
      () => answer(201, session("a")),
      () => answer(201, session("b")),
    ]);
    const opening = visitor.ensure();
    const identified = Promise.all([visitor.identify("early"), visitor.identify("signed")]);
    expect((await opening).token).toBe("a");
    await identified;
    expect((await visitor.ensure()).token).toBe("b");
    expect(bodies.map((body) => body.identity_token)).toEqual([undefined, "signed"]);
    await visitor.identify("signed");
    expect(bodies).toHaveLength(2);
  });

  it("forgets who it was when it becomes anonymous", async () => {
    const { visitor, kept } = visitorWith([() => answer(201, session("a"))]);
    await visitor.identify("signed");
    await visitor.ensure();
    await visitor.identify(null);
    expect(kept).toContain(null);
  });
});
