import { cn, Input } from "@medea/ui";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";

/** Between the last letter and the search. */
const PAUSE_MS = 250;

export interface SearchBoxProps {
  /** What is searched: "Search documents". */
  label: string;
  placeholder?: string;
  /** What is searched for; from the address bar. */
  value: string;
  onSearch: (words: string) => void;
  className?: string;
}

/** A field that searches as somebody types. What is being typed is never taken back by what was searched for. */
export function SearchBox({
  label,
  placeholder = label,
  value,
  onSearch,
  className,
}: SearchBoxProps) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const send = useRef(onSearch);
  send.current = onSearch;
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const words = text.trim();
    if (words === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = words;
      send.current(words);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className={cn("relative", className)}>
      <Search
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted-foreground"
      />
      <Input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={placeholder}
        aria-label={label}
        className="pl-9 [&::-webkit-search-cancel-button]:hidden"
      />
    </div>
  );
}
