import type { Budget } from "@medea/api";
import { BotIcon, BuildingIcon, UsersIcon } from "lucide-react";
import { ChoiceCards } from "@/components/choice-cards";

const SCOPES = [
  { value: "tenant", label: "All agents", hint: "Together", icon: BuildingIcon },
  { value: "agent", label: "One agent", hint: "On its own", icon: BotIcon },
  { value: "end_user", label: "Each visitor", hint: "For themselves", icon: UsersIcon },
] as const;

export interface ScopePickerProps {
  value: Budget["scope"];
  onChange: (scope: Budget["scope"]) => void;
}

/** Whom a budget is about. */
export function ScopePicker(props: ScopePickerProps) {
  return <ChoiceCards legend="For" name="scope" options={SCOPES} {...props} />;
}
