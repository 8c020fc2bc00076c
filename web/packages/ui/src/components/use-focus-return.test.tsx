// @vitest-environment happy-dom
import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it } from "vitest";
import { Button } from "./button";
import { ConfirmDialog } from "./confirm-dialog";
import { Dialog, DialogContent, DialogTitle } from "./dialog";

configure({ asyncUtilTimeout: 60_000 });
afterEach(cleanup);

type Kind = "dialog" | "confirm" | "dialog with a field";

function Opener({ kind }: { kind: Kind }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Open</Button>
      {kind !== "confirm" ? (
        <Dialog open={isOpen} onOpenChange={setOpen}>
          <DialogContent aria-describedby={undefined}>
            <DialogTitle>Title</DialogTitle>
            {kind === "dialog" ? null : <input autoFocus />}
          </DialogContent>
        </Dialog>
      ) : isOpen ? (
        <ConfirmDialog
          open
          onOpenChange={setOpen}
          title="Sure?"
          description="Yes or no"
          confirmLabel="Yes"
          onConfirm={() => {}}
        />
      ) : null}
    </>
  );
}

const KINDS: Kind[] = ["dialog", "confirm", "dialog with a field"];

it.each(KINDS)("gives focus back to what opened the %s", async (kind) => {
  render(<Opener kind={kind} />);
  const opener = screen.getByRole("button", { name: "Open" });
  opener.focus();
  fireEvent.click(opener);
  const layer = await screen.findByRole(kind === "confirm" ? "alertdialog" : "dialog");
  await waitFor(() => expect(layer.contains(document.activeElement)).toBe(true));
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape" });
  await waitFor(() => expect(document.activeElement).toBe(opener));
});
