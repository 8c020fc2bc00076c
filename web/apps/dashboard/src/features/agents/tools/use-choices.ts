import { useDraft } from "../editor/draft-context";
import { asking, MOST_TOOLS, toggled } from "./choices";

/** The tools of the draft, and the switches of each. */
export function useChoices() {
  const { agent, edit, canWrite } = useDraft();
  const chosen = agent.tools;
  return {
    chosen,
    bind: (name: string) => {
      const choice = chosen.find((one) => one.name === name);
      return {
        isOn: choice !== undefined,
        asks: choice?.needs_approval ?? false,
        readOnly: !canWrite,
        isFull: chosen.length >= MOST_TOOLS,
        onToggle: (on: boolean) => edit({ tools: toggled(chosen, name, on) }),
        onAsk: (on: boolean) => edit({ tools: asking(chosen, name, on) }),
      };
    },
  };
}
