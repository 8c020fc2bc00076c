import { cn } from "../cn";

export interface SpinnerProps {
  /** What is being waited for; an empty string hides the spinner from screen readers. */
  label?: string;
  className?: string;
}

export function Spinner({ label = "Loading", className }: SpinnerProps) {
  return (
    <span
      data-slot="spinner"
      className={cn("inline-flex size-4 animate-spin", className)}
      {...(label === "" ? { "aria-hidden": true } : { role: "img", "aria-label": label })}
    >
      <svg viewBox="0 0 16 16" fill="none" className="size-full" aria-hidden="true">
        <circle
          cx="8"
          cy="8"
          r="6.25"
          stroke="currentColor"
          strokeOpacity="0.25"
          strokeWidth="1.75"
        />
        <path
          d="M14.25 8A6.25 6.25 0 0 0 8 1.75"
          stroke="currentColor"
          strokeWidth="1.75"
          strokeLinecap="round"
        />
      </svg>
    </span>
  );
}
