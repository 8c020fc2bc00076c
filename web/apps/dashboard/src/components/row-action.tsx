import { Button, Tooltip } from "@medea/ui";
import type { ReactNode } from "react";

/** What can be done with a row: an icon whose tooltip says what, and whose name says with which. */
export function RowAction({
  action,
  name,
  isDestructive = false,
  onClick,
  children,
}: {
  /** The verb, such as "Edit". */
  action: string;
  /** Of the row's thing, for screen readers. */
  name: string;
  isDestructive?: boolean;
  onClick: () => void;
  /** The icon. */
  children: ReactNode;
}) {
  return (
    <Tooltip content={action}>
      <Button
        variant="ghost"
        size="icon-sm"
        className={
          isDestructive ? "text-muted-foreground hover:text-destructive" : "text-muted-foreground"
        }
        aria-label={`${action} ${name}`}
        onClick={onClick}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
