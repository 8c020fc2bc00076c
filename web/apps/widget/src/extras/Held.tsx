import type { ChatMessage } from "@medea/chat";
import { useEffect } from "react";
import type { ChatVerbs } from "../components/Chat.tsx";
import { Guarded } from "./Guarded.tsx";

/** Between looks for a decision, in milliseconds. */
const LOOK_EVERY = 4000;

/** An answer that a colleague is checking: what came of it is shown as soon as it is known. */
export function Held({ message, verbs }: { message: ChatMessage; verbs: ChatVerbs }) {
  const { turnId } = message;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isGone = false;
    const look = async () => {
      const store = verbs.store();
      if (!store || !turnId) return;
      const isOver =
        !document.hidden &&
        (await store.options.client.getTurn(turnId).then(
          ({ status }) => status !== "waiting",
          () => false,
        ));
      if (isGone) return;
      if (isOver) void store.resume(turnId);
      else timer = setTimeout(look, LOOK_EVERY);
    };
    timer = setTimeout(look, LOOK_EVERY);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [turnId, verbs]);
  return <Guarded message={message} />;
}
