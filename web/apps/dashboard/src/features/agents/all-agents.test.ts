import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import { anAgent } from "../../../testing/agent";
import { allAgentsQuery } from "./queries";

afterEach(() => vi.unstubAllGlobals());

/** A server with so many agents, a hundred a page; gives the cursors it was asked for. */
function serve(count: number): (string | null)[] {
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const cursor = new URL(request.url).searchParams.get("cursor");
    asked.push(cursor);
    const from = Number(cursor ?? 0);
    const data = Array.from({ length: Math.min(100, count - from) }, (_, index) =>
      anAgent({ id: `agt_${from + index}` }),
    );
    return Response.json({ data, next_cursor: from + 100 < count ? String(from + 100) : null });
  });
  return asked;
}

const ask = () => new QueryClient().fetchQuery(allAgentsQuery);

it("has the agents of every page", async () => {
  const asked = serve(250);
  const { data, next_cursor } = await ask();
  expect(new Set(data.map(({ id }) => id)).size).toBe(250);
  expect(next_cursor).toBeNull();
  expect(asked).toEqual([null, "100", "200"]);
});

it.each([0, 1, 100])("asks once for %d", async (count) => {
  const asked = serve(count);
  expect((await ask()).data.length).toBe(count);
  expect(asked).toEqual([null]);
});
