import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@medea/ui";
import { formatNumber } from "@/lib/format";

const LIMITS = [50, 200, 500, 1000, 2000, 5000];

interface PageLimitProps {
  value: number;
  onChange: (pages: number) => void;
  /** What it is called where no label stands beside it. */
  label?: string;
  size?: "sm" | "default";
  className?: string;
}

/** How many pages of a sitemap are fetched. */
export function PageLimit({ value, onChange, label, size, className }: PageLimitProps) {
  const choices = LIMITS.includes(value) ? LIMITS : [...LIMITS, value].sort((a, b) => a - b);
  return (
    <Select value={String(value)} onValueChange={(chosen) => onChange(Number(chosen))}>
      <SelectTrigger
        {...(label ? { "aria-label": label } : {})}
        {...(size ? { size } : {})}
        {...(className ? { className } : {})}
      >
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {choices.map((pages) => (
          <SelectItem key={pages} value={String(pages)}>
            {formatNumber(pages)} pages
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
