import type { Member } from "@medea/api";
import { Button, Card, ConfirmDialog, PageHeader, Skeleton, toast } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { UserPlusIcon } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan, useMe } from "@/lib/session";
import { InvitationList } from "./invitation-list";
import { InviteDialog } from "./invite-dialog";
import { MemberList } from "./member-list";
import { invitationsQuery, membersQuery, useRemoveMember } from "./queries";

export function MembersPage() {
  usePageTitle("Members");
  const { tenant } = useMe();
  const canWrite = useCan("tenancy:write");
  const members = useQuery(membersQuery);
  const invitations = useQuery(invitationsQuery);
  const [isInviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const pending = invitations.data?.data ?? [];

  return (
    <Page className="grid grid-cols-1 gap-8">
      <PageHeader
        title="Members"
        description={`Who works in ${tenant.name}, and what they may do.`}
        actions={
          canWrite ? (
            <Button onClick={() => setInviting(true)}>
              <UserPlusIcon />
              Invite member
            </Button>
          ) : null
        }
      />
      {canWrite ? null : <ReadOnlyNotice what="the members" />}
      {members.isPending ? (
        <MembersSkeleton />
      ) : members.isLoadingError ? (
        <LoadFailure
          error={members.error}
          what="the members"
          onRetry={() => void members.refetch()}
        />
      ) : (
        <section className="grid grid-cols-1 gap-3">
          <h2 className="font-semibold text-base">
            Members{" "}
            <span className="font-normal text-muted-foreground">{members.data.data.length}</span>
          </h2>
          <MemberList members={members.data.data} onRemove={setLeaving} />
        </section>
      )}
      {pending.length > 0 ? (
        <section className="grid grid-cols-1 gap-3">
          <h2 className="font-semibold text-base">
            Pending invitations{" "}
            <span className="font-normal text-muted-foreground">{pending.length}</span>
          </h2>
          <InvitationList invitations={pending} />
        </section>
      ) : null}
      {invitations.isLoadingError && !members.isLoadingError ? (
        <LoadFailure
          error={invitations.error}
          what="the invitations"
          onRetry={() => void invitations.refetch()}
        />
      ) : null}
      <InviteDialog open={isInviting} onOpenChange={setInviting} />
      {leaving ? <RemoveDialog member={leaving} onClose={() => setLeaving(null)} /> : null}
    </Page>
  );
}

function RemoveDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const me = useMe();
  const remove = useRemoveMember();
  const isSelf = member.user.id === me.user.id;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={isSelf ? `Leave ${me.tenant.name}?` : `Remove ${member.user.name}?`}
      description={
        isSelf
          ? "You lose access at once. Somebody has to invite you again."
          : `${member.user.name} loses access at once. What they made stays.`
      }
      confirmLabel={isSelf ? "Leave workspace" : "Remove member"}
      onConfirm={async () => {
        await remove.mutateAsync(member.id);
        toast.success(isSelf ? `You left ${me.tenant.name}` : `${member.user.name} was removed`);
      }}
    />
  );
}

function MembersSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-3" role="status" aria-label="Loading members">
      <Skeleton className="h-5 w-28" />
      <Card className="divide-y">
        {["a", "b", "c"].map((row) => (
          <div key={row} className="flex items-center gap-4 px-4 py-3">
            <Skeleton className="size-9 rounded-full" />
            <div className="grid flex-1 gap-1.5 py-1">
              <Skeleton className="h-3.5 w-32" />
              <Skeleton className="h-3.5 w-48" />
            </div>
            <Skeleton className="h-8 w-28" />
          </div>
        ))}
      </Card>
    </div>
  );
}
