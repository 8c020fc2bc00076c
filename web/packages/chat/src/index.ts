/** Headless chat: stream decoder, reducer, resuming client and hooks; no styling. */
export {};
