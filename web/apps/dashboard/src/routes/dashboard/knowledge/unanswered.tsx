import { createFileRoute } from "@tanstack/react-router";
import { UnansweredPage } from "@/features/knowledge";

export const Route = createFileRoute("/dashboard/knowledge/unanswered")({
  component: UnansweredPage,
});
