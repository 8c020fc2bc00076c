import { Button, Input } from "@medea/ui";
import { type ReactNode, useDeferredValue, useState } from "react";

/** From here on a list can be searched. */
const MANY = 12;
const STEP = 50;

export interface LongList<T> {
  /** The field to search by; nothing where the list is short. */
  search: ReactNode;
  /** What fits the search, as far as it is shown. */
  shown: T[];
  /** What fits the search. */
  found: T[];
  isSearched: boolean;
  /** The way to what is not shown yet. */
  more: ReactNode;
}

/**
 * Keep a list of hundreds usable: found by a word, and drawn by parts.
 *
 * `rows` are all there; `textOf` says what a row is found by; `label` names the field: "Find a tool".
 */
export function useLongList<T>(rows: T[], textOf: (row: T) => string, label: string): LongList<T> {
  const [wanted, setWanted] = useState("");
  const [most, setMost] = useState(STEP);
  const word = useDeferredValue(wanted.trim().toLowerCase());
  const found = word ? rows.filter((row) => textOf(row).toLowerCase().includes(word)) : rows;
  const hidden = found.length - most;
  return {
    search:
      rows.length > MANY ? (
        <Input
          type="search"
          aria-label={label}
          placeholder={label}
          value={wanted}
          onChange={(event) => {
            setWanted(event.target.value);
            setMost(STEP);
          }}
        />
      ) : null,
    shown: found.slice(0, most),
    found,
    isSearched: word !== "",
    more:
      hidden > 0 ? (
        <Button variant="ghost" size="sm" onClick={() => setMost(most + STEP)}>
          Show more ({hidden})
        </Button>
      ) : null,
  };
}

/** Under the field, where nothing fits. */
export function NoneFound() {
  return (
    <p role="status" className="py-6 text-center text-muted-foreground text-sm">
      Nothing of that name.
    </p>
  );
}
