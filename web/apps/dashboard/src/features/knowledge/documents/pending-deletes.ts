/** Documents that were deleted on screen and can still be brought back. */
import { messageOf } from "@medea/api";
import { toast } from "@medea/ui";
import { useSyncExternalStore } from "react";
import { api } from "@/lib/api";
import { queryClient } from "@/lib/query-client";
import { knowledgeKey } from "../queries";

/** How long "Undo" is offered. Until then the server has heard nothing. */
const GRACE_MS = 6000;

let hidden: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(next: ReadonlySet<string>): void {
  hidden = next;
  for (const listener of listeners) listener();
}

const without = (id: string): ReadonlySet<string> =>
  new Set([...hidden].filter((other) => other !== id));

/** Documents that no list shows, though the server may still tell of them. */
export function useHiddenDocuments(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hidden,
  );
}

async function removeNow(id: string, name: string): Promise<void> {
  try {
    await api.knowledge.removeDocument(id);
  } catch (error) {
    toast.error(`“${name}” is still there: ${messageOf(error)}`);
  }
  await queryClient.invalidateQueries({ queryKey: knowledgeKey });
  set(without(id));
}

/** Hide a document at once, delete it once nobody has taken that back. */
export function deleteWithUndo(id: string, name: string): void {
  set(new Set([...hidden, id]));
  const timer = setTimeout(() => void removeNow(id, name), GRACE_MS);
  toast.success(`“${name}” was deleted`, {
    duration: GRACE_MS,
    action: {
      label: "Undo",
      onClick: () => {
        clearTimeout(timer);
        set(without(id));
      },
    },
  });
}
