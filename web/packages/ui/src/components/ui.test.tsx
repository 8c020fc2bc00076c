// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cn } from "../cn";
import { initials } from "./avatar";
import { Button } from "./button";
import { ConfirmDialog } from "./confirm-dialog";
import { FormField } from "./form-field";
import { type CodeLanguage, highlight } from "./highlight";
import { Input } from "./input";
import { formatRelative } from "./relative-time";

configure({ asyncUtilTimeout: 60_000 });
afterEach(cleanup);

describe("cn", () => {
  it("lets the later class of one property win", () => {
    expect(cn("px-2 text-2xs", false, "px-4 text-muted-foreground")).toBe(
      "text-2xs px-4 text-muted-foreground",
    );
  });
});

describe("initials", () => {
  it.each([
    ["Ada King Lovelace", "AL"],
    ["ada", "A"],
    ["  ", ""],
    ["李 小龙", "李小"],
    ["👩‍🚀 zed", "👩Z"],
  ])("%j gives %j", (name, expected) => expect(initials(name)).toBe(expected));
});

describe("formatRelative", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  it.each([
    [-30, "just now"],
    [-60, "1 minute ago"],
    [-3 * 3600, "3 hours ago"],
    [-86_400, "yesterday"],
    [2 * 86_400, "in 2 days"],
    [-400 * 86_400, "last year"],
  ])("%d seconds is %j", (seconds, expected) =>
    expect(formatRelative(now + seconds * 1000, now, "en")).toBe(expected),
  );
});

describe("highlight", () => {
  const samples: [CodeLanguage, string][] = [
    ["json", '{"a": -1.5e3, "b": [true, null], "c": "x \\" y"}'],
    ["bash", "curl http://x/v1 -H \"Authorization: Bearer $KEY\" # note\n  -d '{}'"],
    ["python", "from x import y\n# c\nprint(f\"{a}\", 'b', 12)"],
    ["javascript", "const a = `x {b}`; // c\nconst url = 'http://x';"],
    ["html", '<script async src="x"></script>\n<!-- c -->'],
    ["text", "anything <at> all"],
    ["json", '"unterminated'],
  ];
  it.each(samples)("loses nothing of %s", (language, code) => {
    expect(
      highlight(code, language)
        .map((token) => token.text)
        .join(""),
    ).toBe(code);
  });
  it("does not take the slashes of an address for a comment", () => {
    const kinds = highlight("const url = 'http://x';", "javascript").map((token) => token.kind);
    expect(kinds).not.toContain("comment");
  });
});

describe("FormField", () => {
  it("wires label, hint and error to its control", () => {
    render(
      <FormField label="Name" hint="As shown to others" error="Too long">
        <Input defaultValue="x" />
      </FormField>,
    );
    const input = screen.getByLabelText("Name");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const described = (input.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent);
    expect(described).toEqual(["Too long", "As shown to others"]);
  });
});

describe("Button", () => {
  it("keeps focus and ignores presses while loading", () => {
    const press = vi.fn();
    const { rerender } = render(<Button onClick={press}>Save</Button>);
    const button = screen.getByRole("button", { name: "Save" });
    button.focus();
    rerender(
      <Button onClick={press} loading>
        Save
      </Button>,
    );
    fireEvent.click(button);
    expect(press).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(button);
    expect(button.getAttribute("aria-busy")).toBe("true");
  });
});

describe("ConfirmDialog", () => {
  it("needs the name typed, shows a failure and closes on success", async () => {
    const onOpenChange = vi.fn();
    const onConfirm = vi
      .fn()
      .mockRejectedValueOnce(new Error("Still in use."))
      .mockResolvedValue(1);
    render(
      <ConfirmDialog
        open
        onOpenChange={onOpenChange}
        title="Delete key"
        description="It stops working at once."
        confirmLabel="Delete"
        confirmText="Site key"
        onConfirm={onConfirm}
      />,
    );
    const confirm = screen.getByRole<HTMLButtonElement>("button", { name: "Delete" });
    expect(confirm.disabled).toBe(true);
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "Site key " } });
    expect(confirm.disabled).toBe(false);
    fireEvent.click(confirm);
    await waitFor(() => expect(screen.getByText("Still in use.")).toBeTruthy());
    expect(onOpenChange).not.toHaveBeenCalled();
    fireEvent.click(confirm);
    await waitFor(() => expect(onOpenChange).toHaveBeenCalledWith(false));
  });
});
