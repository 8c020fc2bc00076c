import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SearchBox } from "./search-box";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** As pages use it: what was searched for comes back from the address. */
function Page({ onSearch }: { onSearch: (words: string) => void }) {
  const [words, setWords] = useState("");
  return (
    <>
      <SearchBox
        label="Search"
        value={words}
        onSearch={(next) => {
          onSearch(next);
          setWords(next);
        }}
      />
      <button type="button" onClick={() => setWords("")}>
        Clear
      </button>
    </>
  );
}

const field = () => screen.getByRole<HTMLInputElement>("searchbox", { name: "Search" });
const type = (text: string) => fireEvent.change(field(), { target: { value: text } });
const pause = () => act(() => void vi.runAllTimers());

it("searches once for what was typed, and keeps the blank before the next word", () => {
  const onSearch = vi.fn();
  render(<Page onSearch={onSearch} />);
  type("long");
  type("long ");
  pause();
  expect(onSearch.mock.calls).toEqual([["long"]]);
  expect(field().value).toBe("long ");
  type("long names");
  pause();
  expect(onSearch).toHaveBeenLastCalledWith("long names");
});

it("is emptied from outside", () => {
  const onSearch = vi.fn();
  render(<Page onSearch={onSearch} />);
  type("long");
  pause();
  fireEvent.click(screen.getByText("Clear"));
  pause();
  expect(field().value).toBe("");
  expect(onSearch).toHaveBeenCalledTimes(1);
});
