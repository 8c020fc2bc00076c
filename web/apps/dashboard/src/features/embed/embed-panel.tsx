import type { Agent } from "@medea/api";
import { Button, CopyButton, Notice, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ExternalLinkIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { apiKeysQuery, CreateKeyDialog } from "@/features/api-keys";
import { usePublicConfig } from "@/lib/public-config";
import { useCan } from "@/lib/session";
import { apiSnippets, mcpAddress, mcpSnippets } from "./api-snippets";
import { frontEndSnippets } from "./front-end-snippets";
import { KeyStep } from "./key-step";
import { SnippetTabs } from "./snippet-tabs";
import { hostedPage, websiteSnippets } from "./snippets";

/** Everything that is needed to put one agent to use: website, link, API. */
export function EmbedPanel({ agent }: { agent: Agent }) {
  const config = usePublicConfig();
  const canCreate = useCan("tenancy:write");
  const keys = useQuery(apiKeysQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const [isCreating, setCreating] = useState(false);
  if (keys.isPending || !config) return <PanelSkeleton />;
  if (keys.isLoadingError) {
    return <LoadFailure error={keys.error} what="the keys" onRetry={() => void keys.refetch()} />;
  }
  const publishable = keys.data.data.filter((key) => key.publishable_key !== null);
  const selected = publishable.find((key) => key.id === chosen) ?? publishable[0] ?? null;
  const place = {
    widgetOrigin: config.widget_origin,
    apiOrigin: config.dashboard_origin,
    agent: agent.slug,
    key: selected?.publishable_key ?? "",
  };
  return (
    <div className="grid max-w-3xl grid-cols-1 gap-10">
      {agent.published_version === null ? (
        <Notice variant="warning" title="Not published yet">
          Visitors see the published version. Publish this agent first, then the code below works.
        </Notice>
      ) : null}
      <Part
        title="On your website"
        lead="Paste the code before the closing body tag of every page that should have the chat."
      >
        <KeyStep
          keys={publishable}
          selected={selected}
          canCreate={canCreate}
          onSelect={setChosen}
          onCreate={() => setCreating(true)}
        />
        {selected ? <SnippetTabs label="Website code" snippets={websiteSnippets(place)} /> : null}
      </Part>
      <Part title="As a page" lead="The chat alone, to send as a link or to try it as a visitor.">
        <HostedPage address={hostedPage(place)} isLive={agent.published_version !== null} />
      </Part>
      <Part
        title="From your servers"
        lead={
          <>
            Any OpenAI client works: the agent is the model. Needs a secret key from{" "}
            <Link
              to="/dashboard/api-keys"
              className="focus-mark rounded-sm font-medium text-primary underline underline-offset-2"
            >
              API keys
            </Link>
            .
          </>
        }
      >
        <SnippetTabs label="API code" snippets={apiSnippets(place)} />
      </Part>
      <Part
        title="In a chat of your own"
        lead="What visitors see is yours to build: with the AI SDK, CopilotKit or any AG-UI client."
      >
        <SnippetTabs label="Front end code" snippets={frontEndSnippets(place)} />
      </Part>
      <Part
        title="As an MCP server"
        lead="Other assistants can ask this one: any client of the Model Context Protocol, with the address and a secret key that may chat. Its documents can be read with the scope knowledge:read."
      >
        <Address address={mcpAddress(place)} what="address" />
        <SnippetTabs label="MCP client configuration" snippets={mcpSnippets(place)} />
      </Part>
      <CreateKeyDialog
        open={isCreating}
        onOpenChange={setCreating}
        kind="publishable"
        defaultName={`${agent.name} website`}
        onCreated={(key) => setChosen(key.id)}
      />
    </div>
  );
}

function Part({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  return (
    <section className="grid grid-cols-1 gap-4">
      <div className="grid gap-0.5">
        <h2 className="font-semibold text-base">{title}</h2>
        <p className="text-muted-foreground text-sm">{lead}</p>
      </div>
      {children}
    </section>
  );
}

function HostedPage({ address, isLive }: { address: string; isLive: boolean }) {
  return (
    <Address address={address} what="link">
      {isLive ? (
        <Button asChild variant="outline" size="sm">
          <a href={address} target="_blank" rel="noopener">
            <ExternalLinkIcon />
            Open preview
          </a>
        </Button>
      ) : null}
    </Address>
  );
}

interface AddressProps {
  address: string;
  /** What is copied. */
  what: string;
  children?: ReactNode;
}

function Address({ address, what, children }: AddressProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-lg border bg-card p-1.5 pl-3">
      <code className="min-w-0 flex-1 basis-56 truncate font-mono text-xs" title={address}>
        {address}
      </code>
      <CopyButton value={address} label={`Copy ${what}`} showLabel />
      {children}
    </div>
  );
}

function PanelSkeleton() {
  return (
    <div className="grid max-w-3xl gap-4" role="status" aria-label="Loading">
      <Skeleton className="h-5 w-40" />
      <Skeleton className="h-9 w-80" />
      <Skeleton className="h-28 w-full rounded-lg" />
      <Skeleton className="mt-6 h-5 w-28" />
      <Skeleton className="h-12 w-full rounded-lg" />
    </div>
  );
}
