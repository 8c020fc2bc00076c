import {
  type FormEvent,
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { isTouch } from "../pointer.ts";
import { strings } from "../strings/index.ts";
import { SendIcon, StopIcon } from "./icons.tsx";

interface ComposerProps {
  isAnswering: boolean;
  isStopping: boolean;
  focus: number;
  onSend: (text: string) => boolean;
  onStop: () => void;
  showBranding: boolean;
}

/** The server's limit, in Unicode code points. */
const LIMIT = 32_000;
const NEAR_LIMIT = LIMIT - 1_000;
const TALLEST = 168;

/** Code points, counted only where the cheap count says it may matter. */
const countCharacters = (text: string): number =>
  text.length < NEAR_LIMIT ? text.length : [...text].length;

/** On touch keyboards Enter is the only way to a new line. */
const sendsOnEnter = (): boolean => !isTouch();

function Count({ count }: { count: number }) {
  const words = strings();
  if (count < NEAR_LIMIT) return null;
  const isOver = count > LIMIT;
  return (
    <p id="count" className={isOver ? "count is-over" : "count"} role="status">
      {isOver ? words.tooLong(count - LIMIT) : words.left(LIMIT - count)}
    </p>
  );
}

/** Where the visitor writes. What is written stays through answers, failures and closing. */
export function Composer(props: ComposerProps) {
  const { isAnswering, isStopping, focus, onSend, onStop, showBranding } = props;
  const words = strings();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement | null>(null);
  const count = countCharacters(text);
  const canSend = text.trim() !== "" && count <= LIMIT && !isAnswering;

  useEffect(() => {
    if (focus > 0) field.current?.focus({ preventScroll: true });
  }, [focus]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what changes the height.
  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${Math.min(current.scrollHeight, TALLEST)}px`;
  }, [text]);

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (canSend && onSend(text)) setText("");
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, Enter chooses a word (229 is Safari's way of saying so).
    const composing =
      event.nativeEvent?.isComposing ?? (event as unknown as { isComposing: boolean }).isComposing;
    if (event.key !== "Enter" || event.shiftKey || composing || event.keyCode === 229) return;
    if (!sendsOnEnter()) return;
    event.preventDefault();
    submit();
  };

  return (
    <footer className="composer">
      <form onSubmit={submit}>
        <textarea
          ref={field}
          rows={1}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          placeholder={isAnswering ? words.placeholderBusy : words.placeholder}
          aria-label={words.message}
          aria-describedby={count >= NEAR_LIMIT ? "count" : undefined}
          aria-invalid={count > LIMIT}
          dir="auto"
          enterKeyHint={sendsOnEnter() ? "send" : "enter"}
          autoComplete="off"
        />
        <button
          type={isAnswering ? "button" : "submit"}
          className="send"
          onClick={isAnswering ? onStop : undefined}
          disabled={isAnswering ? isStopping : !canSend}
          aria-label={isAnswering ? (isStopping ? words.stopping : words.stop) : words.send}
          title={isAnswering ? words.stop : words.send}
        >
          {isAnswering ? <StopIcon /> : <SendIcon />}
        </button>
      </form>
      <Count count={count} />
      {showBranding ? (
        <p className="branding">
          {words.poweredBy} <strong>Medea</strong>
        </p>
      ) : null}
    </footer>
  );
}
