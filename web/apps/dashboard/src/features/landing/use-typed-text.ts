import { useEffect, useState } from "react";

const WORD_MS = 55;

/** A text that comes in word by word, at once for those who asked for less motion. */
export function useTypedText(text: string, delayMs: number): { text: string; isDone: boolean } {
  const words = text.split(" ");
  const [count, setCount] = useState(() =>
    matchMedia("(prefers-reduced-motion: reduce)").matches ? words.length : 0,
  );
  const isDone = count >= words.length;
  useEffect(() => {
    if (isDone) return;
    const timer = setTimeout(() => setCount(count + 1), count === 0 ? delayMs : WORD_MS);
    return () => clearTimeout(timer);
  }, [count, isDone, delayMs]);
  return { text: words.slice(0, count).join(" "), isDone };
}
