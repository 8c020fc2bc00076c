import { Button } from "@medea/ui";
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";

export interface RowButtonsProps {
  /** What the row is, such as "example 2". */
  label: string;
  /** From 1. */
  number: number;
  total: number;
  /** To a place, from 0. */
  onMove: (to: number) => void;
  onRemove: () => void;
}

/** Up, down and away: how a row of a list is moved by keyboard and mouse alike; see `focusRowButton`. */
export function RowButtons({ label, number, total, onMove, onRemove }: RowButtonsProps) {
  return (
    <>
      <Button
        variant="ghost"
        size="icon-xs"
        data-row-button="up"
        aria-label={`Move ${label} up`}
        disabled={number === 1}
        onClick={() => onMove(number - 2)}
      >
        <ArrowUp />
      </Button>
      <Button
        variant="ghost"
        size="icon-xs"
        data-row-button="down"
        aria-label={`Move ${label} down`}
        disabled={number === total}
        onClick={() => onMove(number)}
      >
        <ArrowDown />
      </Button>
      <Button
        variant="ghost"
        size="icon-xs"
        data-row-button="remove"
        aria-label={`Remove ${label}`}
        onClick={onRemove}
      >
        <Trash2 />
      </Button>
    </>
  );
}
