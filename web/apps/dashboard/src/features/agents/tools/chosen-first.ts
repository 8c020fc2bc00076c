import { useState } from "react";

/**
 * Put what the agent had when the page was opened before what it could have: of hundreds, it would not be found.
 *
 * Decided once, so that nothing moves away under a finger that switches it.
 */
export function useChosenFirst<T extends { id: string }>(tools: T[], chosen: string[]): T[] {
  const [before] = useState(() => new Set(chosen));
  const had = ({ id }: T) => before.has(id);
  return [...tools.filter(had), ...tools.filter((tool) => !had(tool))];
}
