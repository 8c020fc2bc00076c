import type { ApiKeyKind } from "@medea/api";
import { GlobeIcon, LockKeyholeIcon } from "lucide-react";
import { ChoiceCards } from "@/components/choice-cards";

const KINDS = [
  {
    value: "publishable",
    label: "Publishable",
    hint: "For the chat on a website. Safe to show in a page; opens visitor sessions, nothing else.",
    icon: GlobeIcon,
  },
  {
    value: "secret",
    label: "Secret",
    hint: "For your servers and the OpenAI-compatible API. Never put it in a page.",
    icon: LockKeyholeIcon,
  },
] as const;

export interface KindPickerProps {
  value: ApiKeyKind;
  onChange: (kind: ApiKeyKind) => void;
}

export function KindPicker(props: KindPickerProps) {
  return <ChoiceCards legend="Kind" name="kind" options={KINDS} {...props} />;
}
