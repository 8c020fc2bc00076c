import { CheckIcon, CopyIcon } from "lucide-react";
import { Button, type ButtonProps } from "./button";
import { useCopy } from "./use-copy";

export interface CopyButtonProps extends Omit<ButtonProps, "value" | "children" | "onCopy"> {
  value: string;
  /** What is copied, for the button's name: "Copy key". */
  label?: string;
  /** Show the label beside the icon. */
  showLabel?: boolean;
  onCopied?: () => void;
}

export function CopyButton({
  value,
  label = "Copy",
  showLabel = false,
  variant = "ghost",
  size,
  onCopied,
  ...props
}: CopyButtonProps) {
  const { copied, failed, copy } = useCopy();
  const state = copied ? "Copied" : failed ? "Select and copy by hand" : label;
  return (
    <Button
      data-slot="copy-button"
      variant={variant}
      size={size ?? (showLabel ? "sm" : "icon-xs")}
      onClick={async () => {
        if (await copy(value)) onCopied?.();
      }}
      aria-label={showLabel ? undefined : label}
      {...props}
    >
      {copied ? (
        <CheckIcon className="size-3.5 text-success" aria-hidden />
      ) : (
        <CopyIcon className="size-3.5" aria-hidden />
      )}
      {showLabel ? state : null}
      {/* By role, not aria-live: dialogs leave anything with that attribute exposed behind them. */}
      <span className="sr-only" role="status">
        {showLabel || (!copied && !failed) ? "" : state}
      </span>
    </Button>
  );
}
