/** A hint while choosing a password. The server's rule is the length; this only advises. */

export const MIN_PASSWORD_LENGTH = 10;

export interface PasswordStrength {
  /** 0 too short, 1 weak, 2 fair, 3 good, 4 strong. */
  score: 0 | 1 | 2 | 3 | 4;
  label: string;
  hint: string;
}

const COMMON = /pass(wor[dt])?|qwert|asdf|letmein|welcome|admin|iloveyou|abc|123|medea|passwort/gi;

function poolSize(text: string): number {
  let size = 0;
  if (/[a-z]/.test(text)) size += 26;
  if (/[A-Z]/.test(text)) size += 26;
  if (/\d/.test(text)) size += 10;
  if (/[^A-Za-z0-9]/.test(text)) size += 33;
  return size || 1;
}

/** Bits of guessing work, after what a guesser tries first has been taken out. */
function entropyBits(password: string, related: string[]): number {
  let rest = password.replace(COMMON, "·");
  for (const word of related) {
    if (word.length >= 3) rest = rest.replaceAll(new RegExp(escapePattern(word), "gi"), "·");
  }
  rest = rest.replace(/(.)\1{2,}/g, "$1$1");
  return rest.length * Math.log2(poolSize(password));
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Rate a password; `related` are words a guesser knows (name, e-mail, workspace). */
export function passwordStrength(password: string, related: string[] = []): PasswordStrength {
  const missing = MIN_PASSWORD_LENGTH - [...password].length;
  if (missing > 0) {
    return {
      score: 0,
      label: "Too short",
      hint:
        password === "" ? `At least ${MIN_PASSWORD_LENGTH} characters.` : `${missing} more to go.`,
    };
  }
  const words = related.flatMap((text) => text.split(/[@.\s_-]+/));
  const bits = entropyBits(password, words);
  if (bits < 38) {
    return { score: 1, label: "Weak", hint: "Easy to guess. Avoid names and common words." };
  }
  if (bits < 56) return { score: 2, label: "Fair", hint: "A few words more make it strong." };
  if (bits < 75) return { score: 3, label: "Good", hint: "Good enough for most accounts." };
  return { score: 4, label: "Strong", hint: "Hard to guess." };
}
