import type { Lead } from "@medea/api";
import { Button, RelativeTime } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { MessagesSquare, Trash2 } from "lucide-react";
import { RowAction } from "@/components/row-action";

/** What a lead is called: the first thing that was filled in, or the form. */
export const nameOf = ({ answers, title }: Lead): string =>
  String(Object.values(answers)[0] ?? "") || title || "Empty form";

interface LeadRowProps {
  lead: Lead;
  /** Name of the agent, where it is known. */
  agent: string | undefined;
  canDelete: boolean;
  onDelete: () => void;
}

export function LeadRow({ lead, agent, canDelete, onDelete }: LeadRowProps) {
  return (
    <li className="grid grid-cols-1 gap-x-6 gap-y-3 px-4 py-4 md:grid-cols-[minmax(0,1fr)_auto]">
      <div className="grid min-w-0 grid-cols-1 content-start gap-2">
        <p className="flex flex-wrap items-baseline gap-x-2 text-muted-foreground text-xs">
          <span className="font-medium text-foreground text-sm">{lead.title || "Form"}</span>
          <span className="truncate">{agent ?? "Deleted agent"}</span>
          <RelativeTime at={lead.created_at} />
        </p>
        <dl className="grid grid-cols-[minmax(5rem,auto)_minmax(0,1fr)] justify-start gap-x-4 gap-y-1 text-sm">
          {Object.entries(lead.answers).map(([name, answer]) => (
            <div key={name} className="contents">
              <dt className="max-w-40 break-words text-muted-foreground">
                {name.replaceAll("_", " ")}
              </dt>
              <dd dir="auto" className="whitespace-pre-wrap break-words">
                {String(answer)}
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <div className="flex items-center gap-1 self-start">
        <Button asChild variant="outline" size="sm">
          <Link
            to="/dashboard/conversations/$conversationId"
            params={{ conversationId: lead.conversation_id }}
            aria-label={`Conversation with ${nameOf(lead)}`}
          >
            <MessagesSquare />
            Conversation
          </Link>
        </Button>
        {canDelete ? (
          <RowAction action="Delete" name={nameOf(lead)} isDestructive onClick={onDelete}>
            <Trash2 />
          </RowAction>
        ) : null}
      </div>
    </li>
  );
}
