import { Button, FieldGroup, Input } from "@medea/ui";
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useRef } from "react";
import { useDraft } from "../editor/draft-context";
import { focusRowButton } from "../editor/row-focus";
import { move } from "../editor/rows";

const MOST = 6;

/** The questions a visitor can ask with one press. */
export function QuestionRows() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const rows = agent.suggested_questions;
  const list = useRef<HTMLUListElement>(null);
  const change = (suggested_questions: string[]) => edit({ suggested_questions });
  const add = () => {
    change([...rows, ""]);
    requestAnimationFrame(() => {
      const inputs = list.current?.querySelectorAll("input");
      inputs?.[inputs.length - 1]?.focus();
    });
  };
  const shift = (from: number, to: number) => {
    change(move(rows, from, to));
    focusRowButton(list, to, to < from ? "up" : "down");
  };
  return (
    <FieldGroup
      legend="Suggested questions"
      hint="A visitor can ask these with one press."
      error={fieldError("suggested_questions")}
    >
      {rows.length > 0 ? (
        <ul ref={list} className="grid gap-2">
          {rows.map((question, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
              key={index}
              className="flex flex-wrap items-center justify-end gap-1 sm:flex-nowrap"
            >
              <Input
                aria-label={`Suggested question ${index + 1}`}
                className="basis-full sm:basis-auto"
                value={question}
                maxLength={200}
                readOnly={!canWrite}
                onChange={(event) =>
                  change(rows.map((old, at) => (at === index ? event.target.value : old)))
                }
              />
              {canWrite ? (
                <>
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    data-row-button="up"
                    aria-label={`Move question ${index + 1} up`}
                    disabled={index === 0}
                    onClick={() => shift(index, index - 1)}
                  >
                    <ArrowUp />
                  </Button>
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    data-row-button="down"
                    aria-label={`Move question ${index + 1} down`}
                    disabled={index === rows.length - 1}
                    onClick={() => shift(index, index + 1)}
                  >
                    <ArrowDown />
                  </Button>
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    data-row-button="remove"
                    aria-label={`Remove question ${index + 1}`}
                    onClick={() => {
                      change(rows.filter((_, at) => at !== index));
                      focusRowButton(list, index, "remove");
                    }}
                  >
                    <X />
                  </Button>
                </>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {canWrite && rows.length < MOST ? (
        <Button variant="outline" size="sm" className="justify-self-start" onClick={add}>
          <Plus />
          Add a question
        </Button>
      ) : null}
    </FieldGroup>
  );
}
