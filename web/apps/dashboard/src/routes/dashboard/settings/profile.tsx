import { createFileRoute } from "@tanstack/react-router";
import { ProfilePage } from "@/features/settings";

export const Route = createFileRoute("/dashboard/settings/profile")({ component: ProfilePage });
