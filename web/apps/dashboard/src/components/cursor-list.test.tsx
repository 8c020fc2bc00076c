import { NetworkError } from "@medea/api";
import { QueryClient, QueryClientProvider, useInfiniteQuery } from "@tanstack/react-query";
import { cleanup, configure, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { CursorList } from "./cursor-list";

// Only what never comes ends by it, however busy the machine.
configure({ asyncUtilTimeout: 60_000 });

afterEach(cleanup);

interface Row {
  id: string;
}
interface Answer {
  data: Row[];
  next_cursor: string | null;
}

const named = (from: number, count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `row ${from + index}` }));

function Listing({ ask }: { ask: (cursor: string) => Promise<Answer> }) {
  const list = useInfiniteQuery({
    queryKey: ["rows"],
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: "",
    getNextPageParam: (page: Answer) => page.next_cursor,
  });
  return (
    <CursorList
      list={list}
      what="the rows"
      label="Rows"
      empty={<p>No row</p>}
      count={(rows) => `${rows} in all`}
    >
      {(row) => <li>{row.id}</li>}
    </CursorList>
  );
}

function show(ask: (cursor: string) => Promise<Answer>) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <Listing ask={ask} />
    </QueryClientProvider>,
  );
}

const rowsShown = () => screen.getAllByRole("listitem").length;

describe("CursorList", () => {
  it("waits, then says that there is nothing", async () => {
    show(async () => ({ data: [], next_cursor: null }));
    expect(screen.getByRole("status", { name: "Loading the rows" })).toBeTruthy();
    expect(await screen.findByText("No row")).toBeTruthy();
  });

  it("counts a list of one", async () => {
    show(async () => ({ data: named(0, 1), next_cursor: null }));
    expect(await screen.findByText("1 in all")).toBeTruthy();
    expect(rowsShown()).toBe(1);
  });

  it("comes to the end of 500 by pages", async () => {
    show(async (cursor) => {
      const from = Number(cursor);
      return { data: named(from, 50), next_cursor: from < 450 ? String(from + 50) : null };
    });
    for (let shown = 50; shown < 500; shown += 50) {
      await screen.findByText(`row ${shown - 1}`);
      fireEvent.click(screen.getByRole("button", { name: "Load more" }));
    }
    expect(await screen.findByText("500 in all")).toBeTruthy();
    expect(rowsShown()).toBe(500);
  });

  it("says what could not be loaded, and tries again", async () => {
    let fails = true;
    show(async () => {
      if (fails) throw new NetworkError("silent");
      return { data: named(0, 1), next_cursor: null };
    });
    expect(await screen.findByText("Could not load the rows")).toBeTruthy();
    fails = false;
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("row 0")).toBeTruthy();
  });

  it("keeps what has come when the next page does not", async () => {
    let fails = true;
    show(async (cursor) => {
      if (cursor && fails) throw new NetworkError("silent");
      return { data: named(Number(cursor), 2), next_cursor: cursor ? null : "2" };
    });
    fireEvent.click(await screen.findByRole("button", { name: "Load more" }));
    expect((await screen.findByRole("alert")).textContent).toContain(
      "may be older or not complete",
    );
    expect(rowsShown()).toBe(2);
    fails = false;
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("4 in all")).toBeTruthy();
  });
});
