/** The agent of the stand-in server. */
export const AGENT = {
  title: "Trail Guide",
  subtitle: "Answers about gear, sizes and orders",
  greeting: "Hi! I know every tent, boot and stove in this shop. What are you planning?",
  suggested_questions: [
    "Which tent for two in autumn?",
    "How do I find my boot size?",
    "Can I send something back?",
  ],
  appearance: {
    accent: "#2f6f4f",
    on_accent: "#ffffff",
    theme: "auto",
    position: "right",
    launcher_label: "Ask the Trail Guide",
    title: "Trail Guide",
    subtitle: null,
    radius: 16,
    show_branding: true,
  },
};

const TENTS = `For two people in autumn I would look at these:

| Tent | Weight | Season | Price |
|---|---:|---|---:|
| **Fjell 2** | 2.1 kg | 3+ | €389 |
| Lumen 2 | 1.4 kg | 3 | €449 |
| Basecamp 2 | 3.6 kg | 4 | €319 |

The **Fjell 2** is the calm choice: a steep fly sheds cold rain and the two porches keep wet boots outside.

1. Check the *hydrostatic head*: 3,000 mm or more.
2. Take the footprint if the ground is stony.
3. Air it at home; never pack it wet for more than a day.

Shall I compare the Fjell 2 with [our four-season tents](https://example.com/tents)?`;

const CODE = `Here is how to read the stock from our API:

\`\`\`python
import httpx

answer = httpx.get("https://shop.example/api/stock/fjell-2")
print(answer.json()["available"])
\`\`\`

Use \`available\`, not \`on_hand\`: the second also counts what is already sold.

> The numbers are a few minutes old.`;

const HOSTILE = `<img src=x onerror="alert(1)"> and [a link](javascript:alert(1)) and ![a picture](https://example.com/x.png)
<script>alert(2)</script> &amp; **bold** ~~gone~~ <https://example.com>`;

const FAILED = {
  code: "llm.unavailable",
  message: "The model did not answer.",
  retryable: true,
};

/** What a question leads to, by a word in it; the first that fits. */
const ANSWERS = [
  [/tent/i, { text: TENTS }],
  [/code|api/i, { text: CODE }],
  [/hostile/i, { text: HOSTILE, wordMs: 2 }],
  [/fail/i, { text: "I was about to say ", error: FAILED }],
  [/think/i, { text: "Done thinking.", thinkMs: 15_000 }],
  [/slow/i, { text: `${TENTS}\n\n${TENTS}`, wordMs: 120 }],
  [/long/i, { text: `${TENTS}\n\n${CODE}\n\n`.repeat(20), wordMs: 2 }],
  [/again/i, { text: "Said differently: **yes**, within 30 days, unused and with its label." }],
];

const OTHERWISE = {
  text: "Of course. You can send anything back within **30 days**, unused and with its label. Returns from inside the EU are free.",
};

export function answerFor(question) {
  return ANSWERS.find(([pattern]) => pattern.test(question))?.[1] ?? OTHERWISE;
}
