import { createFileRoute } from "@tanstack/react-router";
import { HitTestTab, readHitSettings, useBase } from "@/features/knowledge";

export const Route = createFileRoute("/dashboard/knowledge/$baseId/test")({
  validateSearch: readHitSettings,
  component: HitTest,
});

function HitTest() {
  const navigate = Route.useNavigate();
  return (
    <HitTestTab
      base={useBase()}
      hit={Route.useSearch()}
      onChange={(search) => void navigate({ search, replace: true, resetScroll: false })}
    />
  );
}
