/**
 * A random key of 128 bits. `crypto.randomUUID` would do, but browsers offer it only in secure contexts,
 * and a shop tried out over plain HTTP in the local network is none.
 */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
