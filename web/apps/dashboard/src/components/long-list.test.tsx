import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { NoneFound, useLongList } from "./long-list";

afterEach(cleanup);

function Names({ names }: { names: string[] }) {
  const list = useLongList(names, (name) => name, "Find a name");
  return (
    <>
      {list.search}
      {list.found.length === 0 ? <NoneFound /> : null}
      <ul>
        {list.shown.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      {list.more}
    </>
  );
}

const many = (count: number) => Array.from({ length: count }, (_, index) => `tool_${index}`);
const shown = () => screen.queryAllByRole("listitem").length;

describe("useLongList", () => {
  it("leaves a short list alone", () => {
    render(<Names names={many(12)} />);
    expect(shown()).toBe(12);
    expect(screen.queryByRole("searchbox")).toBeNull();
  });

  it("draws 500 by parts", () => {
    render(<Names names={many(500)} />);
    expect(shown()).toBe(50);
    fireEvent.click(screen.getByRole("button", { name: "Show more (450)" }));
    expect(shown()).toBe(100);
  });

  it("finds one of 500, whatever the case, or says that there is none", async () => {
    render(<Names names={many(500)} />);
    const field = screen.getByRole("searchbox", { name: "Find a name" });
    await act(async () => void fireEvent.change(field, { target: { value: " TOOL_499 " } }));
    expect(shown()).toBe(1);
    await act(async () => void fireEvent.change(field, { target: { value: "nothing" } }));
    expect(screen.getByText("Nothing of that name.")).toBeTruthy();
  });
});
