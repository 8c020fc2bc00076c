import { createFileRoute } from "@tanstack/react-router";
import { SourcesTab, useBase } from "@/features/knowledge";

export const Route = createFileRoute("/dashboard/knowledge/$baseId/sources")({
  component: function Sources() {
    return <SourcesTab base={useBase()} />;
  },
});
