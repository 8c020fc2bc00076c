import { createFileRoute } from "@tanstack/react-router";
import { PlatformModelsPage } from "@/features/operator";

export const Route = createFileRoute("/dashboard/operator/models")({
  component: PlatformModelsPage,
});
