import { type Invitation, messageOf } from "@medea/api";
import { Badge, Button, Card, RelativeTime, toast } from "@medea/ui";
import { MailIcon } from "lucide-react";
import { useCan } from "@/lib/session";
import { useRevokeInvitation } from "./queries";
import { roleLabel } from "./roles";

export function InvitationList({ invitations }: { invitations: Invitation[] }) {
  return (
    <Card>
      <ul className="divide-y">
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </Card>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const canWrite = useCan("tenancy:write");
  const revoke = useRevokeInvitation();
  const isOver = Date.parse(invitation.expires_at) < Date.now();
  const by = invitation.invited_by;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="flex size-9 shrink-0 items-center justify-center rounded-full border border-dashed text-muted-foreground">
        <MailIcon className="size-4" />
      </span>
      <div className="min-w-0 flex-1 basis-40">
        <p className="truncate font-medium">{invitation.email}</p>
        <p className="text-muted-foreground text-sm">
          Invited <RelativeTime at={invitation.created_at} />
          {by && typeof by === "object" ? ` by ${by.name}` : ""}
          {isOver ? "" : ", expires "}
          {isOver ? null : <RelativeTime at={invitation.expires_at} />}
        </p>
      </div>
      <div className="flex basis-full items-center gap-3 pl-13 sm:basis-auto sm:pl-0">
        {isOver ? <Badge variant="warning">Expired</Badge> : null}
        <Badge>{roleLabel(invitation.role)}</Badge>
        {canWrite ? (
          <Button
            variant="outline"
            size="sm"
            className="ml-auto"
            loading={revoke.isPending}
            aria-label={`Withdraw the invitation of ${invitation.email}`}
            onClick={() =>
              revoke.mutate(invitation.id, {
                onSuccess: () =>
                  toast.success(`The invitation of ${invitation.email} was withdrawn`),
                onError: (error) => toast.error(messageOf(error)),
              })
            }
          >
            Withdraw
          </Button>
        ) : null}
      </div>
    </li>
  );
}
