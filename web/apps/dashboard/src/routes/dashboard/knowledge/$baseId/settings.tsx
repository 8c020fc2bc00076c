import { createFileRoute } from "@tanstack/react-router";
import { SettingsTab, useBase } from "@/features/knowledge";

export const Route = createFileRoute("/dashboard/knowledge/$baseId/settings")({
  component: function Settings() {
    return <SettingsTab base={useBase()} />;
  },
});
