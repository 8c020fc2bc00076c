import { ApiError, type InvitationLookup, messageOf } from "@medea/api";
import { Button, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/lib/api";
import { useSession } from "@/lib/session";
import { AuthShell } from "./auth-shell";
import { FormProblem } from "./form-problem";
import { InviteRegisterForm } from "./invite-register-form";
import { useAcceptInvitation, useLogout } from "./session-actions";

export function InvitePage({ token }: { token: string | undefined }) {
  const lookup = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.members.lookupInvitation(token ?? ""),
    enabled: token !== undefined,
  });

  if (!token || lookup.isError) {
    const isGone = !token || (lookup.error instanceof ApiError && lookup.error.status < 500);
    return (
      <AuthShell
        title={isGone ? "This invitation is not valid" : "The invitation could not be read"}
        lead={
          isGone
            ? "It was used, withdrawn, or has run out. Ask whoever invited you for a new one."
            : messageOf(lookup.error)
        }
      >
        <Button asChild size="lg" variant="outline" className="w-full">
          <Link to="/login">Go to log-in</Link>
        </Button>
      </AuthShell>
    );
  }
  if (!lookup.data) {
    return (
      <AuthShell title="You are invited">
        <div aria-busy="true" className="grid gap-4">
          <Skeleton className="h-5 w-full" />
          <Skeleton className="h-10 w-full" />
        </div>
      </AuthShell>
    );
  }
  return <Invitation token={token} invitation={lookup.data} />;
}

const ARTICLE = { owner: "an owner", admin: "an admin", editor: "an editor", viewer: "a viewer" };

function Invitation({ token, invitation }: { token: string; invitation: InvitationLookup }) {
  const session = useSession();
  const accept = useAcceptInvitation();
  const logout = useLogout({ stay: true });
  const title = `Join ${invitation.tenant_name}`;
  const lead = (
    <>
      You are invited as {ARTICLE[invitation.role]}, at{" "}
      <strong className="font-medium text-foreground">{invitation.email}</strong>.
    </>
  );

  if (session && session.user.email.toLowerCase() === invitation.email.toLowerCase()) {
    return (
      <AuthShell title={title} lead={lead}>
        <div className="grid gap-4">
          <FormProblem message={accept.isError ? messageOf(accept.error) : null} />
          <Button size="lg" disabled={accept.isPending} onClick={() => accept.mutate(token)}>
            {accept.isPending ? "Joining…" : "Accept the invitation"}
          </Button>
        </div>
      </AuthShell>
    );
  }
  if (session) {
    return (
      <AuthShell title={title} lead={lead}>
        <div className="grid gap-4">
          <FormProblem
            message={`You are logged in as ${session.user.email}. Log out to join with the invited address.`}
          />
          <Button size="lg" variant="outline" onClick={() => logout.mutate()}>
            Log out
          </Button>
        </div>
      </AuthShell>
    );
  }
  if (invitation.has_account) {
    return (
      <AuthShell title={title} lead={lead}>
        <Button asChild size="lg" className="w-full">
          <Link to="/login" search={{ next: `/invite?token=${encodeURIComponent(token)}` }}>
            Log in to accept
          </Link>
        </Button>
      </AuthShell>
    );
  }
  return (
    <AuthShell title={title} lead={lead}>
      <InviteRegisterForm token={token} email={invitation.email} />
    </AuthShell>
  );
}
