interface ProgressBarProps {
  /** What is progressing, for those who hear it. */
  label: string;
  /** 0 to 1; null while it cannot be told. */
  share: number | null;
  /** What is said beside the bar. */
  note: string;
}

export function ProgressBar({ label, share, note }: ProgressBarProps) {
  return (
    <span className="flex items-center gap-2.5">
      <span
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={note}
        {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100) })}
        className="block h-1 w-full max-w-44 overflow-hidden rounded-full bg-secondary"
      >
        <span
          className={
            share === null
              ? "block h-full w-1/3 animate-pulse rounded-full bg-primary/60"
              : "block h-full rounded-full bg-primary transition-[width] duration-300"
          }
          style={share === null ? undefined : { width: `${share * 100}%` }}
        />
      </span>
      <span className="whitespace-nowrap text-muted-foreground text-xs tabular-nums">{note}</span>
    </span>
  );
}
