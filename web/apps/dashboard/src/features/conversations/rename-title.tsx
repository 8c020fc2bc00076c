import { type Conversation, messageOf } from "@medea/api";
import { Button, Input, Tooltip, toast } from "@medea/ui";
import { PencilIcon } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { useCan } from "@/lib/session";
import { titleOf } from "./conversation-row";
import { useRenameConversation } from "./queries";

/** The title, and a form in its place while it is changed. */
export function RenameTitle({ conversation }: { conversation: Conversation }) {
  const canWrite = useCan("conversations:write");
  const rename = useRenameConversation(conversation.id);
  const [draft, setDraft] = useState<string | null>(null);
  const opener = useRef<HTMLButtonElement>(null);

  function close() {
    setDraft(null);
    requestAnimationFrame(() => opener.current?.focus());
  }

  async function save(event: FormEvent) {
    event.preventDefault();
    const title = (draft ?? "").trim();
    if (title === "" || title === conversation.title) return close();
    try {
      await rename.mutateAsync(title);
      close();
    } catch (error) {
      toast.error(messageOf(error));
    }
  }

  if (draft === null) {
    return (
      <span className="flex min-w-0 items-center gap-1.5">
        <span className="min-w-0 break-words">{titleOf(conversation)}</span>
        {canWrite ? (
          <Tooltip content="Rename">
            <Button
              ref={opener}
              variant="ghost"
              size="icon-xs"
              className="text-muted-foreground"
              aria-label="Rename conversation"
              onClick={() => setDraft(conversation.title ?? "")}
            >
              <PencilIcon className="size-3.5" />
            </Button>
          </Tooltip>
        ) : null}
      </span>
    );
  }
  return (
    <form onSubmit={save} className="flex flex-wrap items-center gap-2">
      <Input
        autoFocus
        value={draft}
        maxLength={200}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && close()}
        aria-label="Title of the conversation"
        placeholder="Title"
        className="w-72 font-normal tracking-normal"
      />
      <Button type="submit" size="sm" loading={rename.isPending}>
        Save
      </Button>
      <Button variant="ghost" size="sm" onClick={close}>
        Cancel
      </Button>
    </form>
  );
}
