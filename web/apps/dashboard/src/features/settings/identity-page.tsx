import type { IdentitySecret } from "@medea/api";
import {
  Button,
  ConfirmDialog,
  CopyButton,
  NoPermission,
  Notice,
  RelativeTime,
  Skeleton,
  toast,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { EyeIcon, EyeOffIcon, RotateCwIcon } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { SnippetTabs } from "@/features/embed";
import { usePageTitle } from "@/lib/page-title";
import { usePublicConfig } from "@/lib/public-config";
import { useCan } from "@/lib/session";
import { handingOver, SIGNING } from "./identity-samples";
import { identityQuery, useRotateIdentity } from "./queries";
import { Section } from "./section";

/** How the company's own server tells the chat who a visitor is. */
export function IdentityPage() {
  usePageTitle("Identity", "Settings");
  const canWrite = useCan("tenancy:write");
  if (!canWrite) {
    return (
      <NoPermission
        title="Your role does not show the identity secret"
        description="Whoever has it can speak as any of your users. An owner or admin of this workspace can give you another role."
      />
    );
  }
  return (
    <div className="grid grid-cols-1 gap-6">
      <Secret />
      <Signing />
    </div>
  );
}

function Secret() {
  const identity = useQuery(identityQuery);
  if (identity.isPending) return <Skeleton className="h-56 rounded-xl" />;
  if (identity.isLoadingError) {
    return (
      <LoadFailure
        error={identity.error}
        what="the identity secret"
        onRetry={() => void identity.refetch()}
      />
    );
  }
  return <SecretSection key={identity.data.created_at} identity={identity.data} />;
}

function SecretSection({ identity }: { identity: IdentitySecret }) {
  const rotate = useRotateIdentity();
  const [isRotating, setRotating] = useState(false);
  return (
    <Section
      title="Identity secret"
      description="Your server signs with it who the visitor is. Then a customer finds the same conversation on every device, and nobody else can open it."
      footer={
        <Button variant="outline" onClick={() => setRotating(true)}>
          <RotateCwIcon />
          Rotate secret
        </Button>
      }
    >
      <div className="grid grid-cols-1 gap-3">
        <SecretLine secret={identity.secret} />
        <p className="text-muted-foreground text-xs">
          Created <RelativeTime at={identity.created_at} />
        </p>
        <Notice variant="warning">
          Whoever has it can speak as any of your users. Keep it on your server, never in a page or
          an app.
        </Notice>
      </div>
      {isRotating ? (
        <ConfirmDialog
          open
          onOpenChange={setRotating}
          title="Rotate the identity secret?"
          description="Tokens signed with the present secret are refused from now on: your server needs the new one. Visitors keep their conversations."
          confirmLabel="Rotate secret"
          onConfirm={async () => {
            await rotate.mutateAsync();
            toast.success("The secret was rotated");
          }}
        />
      ) : null}
    </Section>
  );
}

/** The secret, hidden from whoever looks over one's shoulder until it is asked for. */
function SecretLine({ secret }: { secret: string }) {
  const [isShown, setShown] = useState(false);
  return (
    <div className="flex items-center gap-1 rounded-lg border bg-code p-1.5 pl-3">
      <code
        data-testid="identity-secret"
        className="min-w-0 flex-1 select-all break-all font-mono text-xs"
      >
        {isShown ? secret : `${secret.slice(0, 4)}${"•".repeat(16)}`}
      </code>
      <Button
        variant="ghost"
        size="icon-xs"
        aria-label={isShown ? "Hide secret" : "Show secret"}
        onClick={() => setShown(!isShown)}
      >
        {isShown ? <EyeOffIcon /> : <EyeIcon />}
      </Button>
      <CopyButton value={secret} label="Copy secret" />
    </div>
  );
}

function Signing() {
  const config = usePublicConfig();
  if (!config) return <Skeleton className="h-80 rounded-xl" />;
  return (
    <>
      <Section
        title="Sign a token on your server"
        description="A JWT with the id of your user as its subject. It may be used until it expires."
      >
        <SnippetTabs label="Signing code" snippets={SIGNING} />
      </Section>
      <Section
        title="Hand it to the chat"
        description="With the page, or when somebody logs in. Without a token, visitors chat as somebody unknown."
      >
        <SnippetTabs label="Page code" snippets={handingOver(config.widget_origin)} />
      </Section>
    </>
  );
}
