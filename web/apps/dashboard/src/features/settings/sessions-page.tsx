import { type LoginSession, messageOf } from "@medea/api";
import { Badge, Button, ConfirmDialog, RelativeTime, Skeleton, toast } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { MonitorIcon, SmartphoneIcon } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { usePageTitle } from "@/lib/page-title";
import { sessionsQuery, useRevokeSession } from "./queries";
import { Section } from "./section";
import { describeUserAgent } from "./user-agent";

export function SessionsPage() {
  usePageTitle("Sessions", "Settings");
  const sessions = useQuery(sessionsQuery);
  const revoke = useRevokeSession();
  const [isAsking, setAsking] = useState(false);
  if (sessions.isPending) return <Skeleton className="h-72 rounded-xl" />;
  if (sessions.isLoadingError) {
    return (
      <LoadFailure
        error={sessions.error}
        what="your sessions"
        onRetry={() => void sessions.refetch()}
      />
    );
  }
  const list = [...sessions.data.data].sort(
    (a, b) =>
      Number(b.is_current) - Number(a.is_current) || b.last_seen_at.localeCompare(a.last_seen_at),
  );
  const others = list.filter((session) => !session.is_current).length;
  return (
    <>
      <Section
        title="Sessions"
        description="Where you are logged in. Log out what you do not know, then change your password."
        footer={
          others > 0 ? (
            <Button variant="outline" onClick={() => setAsking(true)}>
              Log out all others
            </Button>
          ) : (
            <p className="mr-auto text-muted-foreground text-sm">You are logged in nowhere else.</p>
          )
        }
      >
        <ul className="-my-3 divide-y">
          {list.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      </Section>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={others === 1 ? "Log out the other session?" : `Log out ${others} other sessions?`}
        description="They have to log in again. You stay logged in here."
        confirmLabel="Log out others"
        onConfirm={async () => {
          await revoke.mutateAsync("others");
          toast.success("All other sessions were logged out");
        }}
      />
    </>
  );
}

function SessionRow({ session }: { session: LoginSession }) {
  const revoke = useRevokeSession();
  const device = describeUserAgent(session.user_agent);
  const Icon = device.isPhone ? SmartphoneIcon : MonitorIcon;
  return (
    <li className="flex items-center gap-3.5 py-3">
      <Icon className="size-5 shrink-0 text-muted-foreground" strokeWidth={1.75} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {device.name}
          {session.is_current ? <Badge variant="success">This session</Badge> : null}
        </p>
        <p className="text-muted-foreground text-sm">
          {session.ip ? `${session.ip} · ` : ""}
          {session.is_current ? "logged in " : "last seen "}
          <RelativeTime at={session.is_current ? session.created_at : session.last_seen_at} />
        </p>
      </div>
      {session.is_current ? null : (
        <Button
          variant="outline"
          size="sm"
          loading={revoke.isPending}
          aria-label={`Log out ${device.name}`}
          onClick={() =>
            revoke.mutate(session.id, {
              onSuccess: () => toast.success(`${device.name} was logged out`),
              onError: (error) => toast.error(messageOf(error)),
            })
          }
        >
          Log out
        </Button>
      )}
    </li>
  );
}
