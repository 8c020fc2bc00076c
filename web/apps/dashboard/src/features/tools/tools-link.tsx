import { BackLink } from "@/components/back-link";

/** The way back from a tool. */
export function ToolsLink() {
  return <BackLink to="/dashboard/tools">Tools</BackLink>;
}
