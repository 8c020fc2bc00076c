import { ApiError, NetworkError } from "@medea/api";
import { onlineManager, QueryClient, QueryObserver } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { askAgain, useConnection } from "./connection";

afterEach(() => {
  onlineManager.setOnline(true);
  cleanup();
});

/** A client with one question on screen, and the watch over it. */
function watched(answer: () => Promise<unknown>) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const { result } = renderHook(() => useConnection(client));
  const observer = new QueryObserver(client, { queryKey: ["agents"], queryFn: answer });
  const leave = observer.subscribe(() => undefined);
  const ask = () => act(async () => void (await observer.refetch()));
  return { client, result, ask, leave };
}

describe("useConnection", () => {
  it("tells that the server is silent, and that it answers again", async () => {
    let answer: () => Promise<unknown> = () => Promise.reject(new NetworkError("silent"));
    const { client, result, ask, leave } = watched(() => answer());
    await ask();
    expect(result.current).toBe("away");
    answer = () => Promise.resolve([]);
    await act(() => askAgain(client));
    expect(result.current).toBe("fine");
    leave();
  });

  it("takes a gateway's word for it, but a refusal for an answer", async () => {
    let status = 503;
    const { result, ask, leave } = watched(() =>
      Promise.reject(new ApiError(status, "http", "said so")),
    );
    await ask();
    expect(result.current).toBe("away");
    status = 403;
    await ask();
    expect(result.current).toBe("fine");
    leave();
  });

  it("tells a device without a network from a silent server", () => {
    const { result, leave } = watched(() => Promise.resolve([]));
    act(() => onlineManager.setOnline(false));
    expect(result.current).toBe("offline");
    leave();
  });
});
