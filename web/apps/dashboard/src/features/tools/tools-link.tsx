import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";

/** The way back from a tool. */
export function ToolsLink() {
  return (
    <Link
      to="/dashboard/tools"
      className="focus-mark -ml-1 inline-flex min-h-6 items-center gap-1 rounded-sm px-1 hover:text-foreground"
    >
      <ArrowLeft className="size-3.5" aria-hidden="true" />
      Tools
    </Link>
  );
}
