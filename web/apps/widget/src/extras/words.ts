/** The words of this chunk, by language as in `strings/`: who has no sources need not load them. */
const en = {
  sources: (count: number) => (count === 1 ? "Source" : "Sources"),
  source: (n: number, title: string) => `Source ${n}: ${title}`,
  page: (page: number) => `Page ${page}`,
  open: "Open document",
  openPage: "Open web page",
  newTab: "(opens in a new tab)",
  running: {
    search_knowledge: "Searching the documents…",
    fetch_page: "Reading a page…",
    calculator: "Calculating…",
    current_time: "Looking at the clock…",
    collect_form: "Preparing a form…",
    hand_over: "Asking a colleague…",
    other: (name: string) => `Using ${name}…`,
  },
  used: (names: string) => `Used ${names}`,
  failed: (name: string) => `${name} did not work`,
  denied: (name: string) => `${name} was not allowed`,
  guarded: {
    refused: "This message was not passed on to the assistant.",
    withheld: "The rest of this answer was held back.",
    held: "A colleague is checking this answer…",
  },
  ask: (name: string) => `May I use ${name}?`,
  allow: "Allow",
  deny: "Don’t allow",
  details: "Details",
  submit: "Send",
  decline: "Rather not",
  choose: "Choose…",
  required: "Please fill this in.",
  notSent: "This could not be sent. Please try again.",
  over: "This has been settled already, or it took too long.",
  names: {
    search_knowledge: "the documents",
    fetch_page: "a web page",
    calculator: "the calculator",
    current_time: "the clock",
    collect_form: "a form",
    hand_over: "the hand-over to a colleague",
  },
  handedOver: "Passed on to a colleague",
};

export type Words = typeof en;
type Named = keyof Words["names"];

const LANGUAGES: Record<string, Words> = { en };

/** The words of the page's language. */
export const words = (): Words => LANGUAGES[document.documentElement.lang] ?? en;

const isNamed = (name: string): name is Named => name in en.names;

/** What a tool is called: ours by a word, a tenant's by its own name. */
export function toolName(name: string, title: string | null): string {
  if (title) return title;
  return isNamed(name) ? words().names[name] : name.replaceAll("_", " ");
}

/** What is said while a tool works. */
export function runningSentence(name: string, title: string | null): string {
  const { running } = words();
  return isNamed(name) && !title ? running[name] : running.other(toolName(name, title));
}
