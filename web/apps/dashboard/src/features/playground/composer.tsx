import { Button, Textarea } from "@medea/ui";
import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { usePlayground } from "./playground-context";

export function Composer() {
  const { store, chat, send } = usePlayground();
  const [text, setText] = useState("");
  const isAnswering = chat.answering !== null;

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (isAnswering || text.trim() === "") return;
    setText("");
    void send(text);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Enter confirms a word in an input method before it may send.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };

  return (
    <form onSubmit={submit} className="shrink-0 p-3 pt-0">
      <div className="flex items-end gap-2 rounded-xl border border-input bg-background p-1.5 focus-within:border-ring focus-within:outline-2 focus-within:outline-ring focus-within:-outline-offset-1">
        <Textarea
          aria-label="Message to the draft"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          maxLength={32_000}
          rows={1}
          placeholder="Ask something"
          className="max-h-40 min-h-8 resize-none border-0 bg-transparent px-2 py-1.5 shadow-none focus-visible:outline-0"
        />
        {isAnswering ? (
          <Button
            size="icon-sm"
            variant="secondary"
            aria-label="Stop"
            loading={chat.stopping}
            onClick={() => void store.stop()}
          >
            {chat.stopping ? null : <Square className="size-3 fill-current" />}
          </Button>
        ) : (
          <Button type="submit" size="icon-sm" aria-label="Send" disabled={text.trim() === ""}>
            <ArrowUp />
          </Button>
        )}
      </div>
    </form>
  );
}
