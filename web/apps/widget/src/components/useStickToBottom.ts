import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** How near to the end, in pixels, counts as reading the end. */
const NEAR = 64;

interface Stick {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  isAtEnd: boolean;
  toEnd: (smooth?: boolean) => void;
  onScroll: () => void;
}

/**
 * Keep the end of the transcript in view while the reader is there, and where they are otherwise.
 *
 * Growth is watched, not guessed: text that streams in, a Markdown chunk that arrives late and a
 * keyboard that takes half the screen are all the same to it.
 *
 * @param firstKey the oldest message shown; when it changes, older ones came in above and the reader
 *   must not be moved by them.
 */
export function useStickToBottom(firstKey: string | undefined): Stick {
  const scroller = useRef<HTMLDivElement | null>(null);
  const content = useRef<HTMLDivElement | null>(null);
  const sticks = useRef(true);
  const height = useRef(0);
  const top = useRef(0);
  const [isAtEnd, setAtEnd] = useState(true);

  const toEnd = useCallback((smooth = false) => {
    const element = scroller.current;
    if (!element) return;
    sticks.current = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollTo({
      top: element.scrollHeight,
      behavior: smooth && !calm ? "smooth" : "instant",
    });
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop } = element;
    const isNear = element.scrollHeight - scrollTop - element.clientHeight < NEAR;
    // Text may have grown between our own scrolling and this event: only a move up is the reader's.
    if (isNear) sticks.current = true;
    else if (scrollTop < top.current) sticks.current = false;
    top.current = scrollTop;
    setAtEnd(sticks.current);
  }, []);

  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (!element || !inner || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      height.current = element.scrollHeight;
      if (sticks.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const before = useRef(firstKey);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || before.current === firstKey) return;
    if (before.current !== undefined && !sticks.current) {
      element.scrollTop += element.scrollHeight - height.current;
    }
    before.current = firstKey;
  }, [firstKey]);

  return { scroller, content, isAtEnd, toEnd, onScroll };
}
