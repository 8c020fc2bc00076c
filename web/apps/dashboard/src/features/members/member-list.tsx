import { type Member, messageOf, type Role } from "@medea/api";
import { Avatar, Badge, Button, Card, RelativeTime, Tooltip, toast } from "@medea/ui";
import { UserMinusIcon } from "lucide-react";
import { useCan, useMe } from "@/lib/session";
import { useChangeRole } from "./queries";
import { RoleSelect } from "./role-select";
import { roleLabel } from "./roles";

export interface MemberListProps {
  members: Member[];
  onRemove: (member: Member) => void;
}

export function MemberList({ members, onRemove }: MemberListProps) {
  return (
    <Card>
      <ul className="divide-y">
        {members.map((member) => (
          <MemberRow key={member.id} member={member} onRemove={() => onRemove(member)} />
        ))}
      </ul>
    </Card>
  );
}

function MemberRow({ member, onRemove }: { member: Member; onRemove: () => void }) {
  const me = useMe();
  const canWrite = useCan("tenancy:write");
  const isOwner = useCan("tenancy:owner");
  const isSelf = member.user.id === me.user.id;
  const mayChange = canWrite && (isOwner || member.role !== "owner");
  const change = useChangeRole();
  const shown = change.isPending ? change.variables.role : member.role;

  function changeRole(role: Role) {
    change.mutate(
      { id: member.id, role },
      {
        onSuccess: () =>
          toast.success(`${member.user.name} is now ${roleLabel(role).toLowerCase()}`),
        onError: (error) => toast.error(messageOf(error)),
      },
    );
  }

  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <Avatar name={member.user.name} className="size-9 text-xs" />
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex items-center gap-2 font-medium">
          <span className="truncate">{member.user.name}</span>
          {isSelf ? <Badge variant="outline">You</Badge> : null}
        </p>
        <p className="truncate text-muted-foreground text-sm">{member.user.email}</p>
      </div>
      <p className="hidden text-muted-foreground text-sm md:block">
        Joined <RelativeTime at={member.created_at} />
      </p>
      <div className="flex basis-full items-center justify-between gap-1 pl-13 sm:basis-auto sm:pl-0">
        {mayChange ? (
          <RoleSelect
            value={shown}
            onChange={changeRole}
            disabled={change.isPending}
            label={`Role of ${member.user.name}`}
            size="sm"
            className="w-28"
          />
        ) : (
          <Badge>{roleLabel(member.role)}</Badge>
        )}
        {mayChange || isSelf ? (
          <Tooltip content={isSelf ? "Leave workspace" : "Remove"}>
            <Button
              variant="ghost"
              size="icon-sm"
              className="text-muted-foreground hover:text-destructive"
              aria-label={isSelf ? "Leave workspace" : `Remove ${member.user.name}`}
              onClick={onRemove}
            >
              <UserMinusIcon />
            </Button>
          </Tooltip>
        ) : null}
      </div>
    </li>
  );
}
