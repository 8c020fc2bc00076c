import type { ImportedTool } from "@medea/api";
import { Badge, Button, CopyButton, Notice } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { Check } from "lucide-react";

/** What became of each operation; the signing secrets are shown this one time. */
export function ImportedList({ imported }: { imported: ImportedTool[] }) {
  const made = imported.filter(({ tool }) => tool !== null).length;
  return (
    <div className="grid grid-cols-1 gap-5">
      <h2 className="font-semibold text-base">
        <span role="status">{made === 1 ? "1 tool was made" : `${made} tools were made`}</span>
      </h2>
      {made > 0 ? (
        <Notice variant="warning">
          Signing secrets are shown this one time. Save those that your server is to check; another
          can be made at any time on the tool's page.
        </Notice>
      ) : null}
      <ul className="divide-y rounded-lg border" aria-label="What was imported">
        {imported.map(({ operation, name, tool, problem }) => (
          <li key={operation} className="grid grid-cols-1 gap-1.5 px-4 py-3">
            <p className="flex flex-wrap items-center gap-2">
              <span className="break-all font-medium font-mono text-xs leading-5">{name}</span>
              {tool ? (
                <Badge variant="success">
                  <Check aria-hidden="true" />
                  Made
                </Badge>
              ) : (
                <Badge variant="destructive">Not made</Badge>
              )}
            </p>
            {problem ? <p className="text-destructive text-xs">{problem}</p> : null}
            {tool ? (
              <p className="flex items-center gap-1">
                <code className="min-w-0 select-all break-all font-mono text-muted-foreground text-xs">
                  {tool.signing_secret}
                </code>
                <CopyButton
                  value={tool.signing_secret}
                  label={`Copy signing secret of ${tool.name}`}
                />
              </p>
            ) : null}
          </li>
        ))}
      </ul>
      <Button asChild className="justify-self-start">
        <Link to="/dashboard/tools">Done</Link>
      </Button>
    </div>
  );
}
