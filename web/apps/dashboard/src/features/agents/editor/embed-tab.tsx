import { EmbedPanel } from "@/features/embed";
import { useDraft } from "./draft-context";

export function EmbedTab() {
  return <EmbedPanel agent={useDraft().agent} />;
}
