import { messageOf } from "@medea/api";
import { Button, Card, Notice, PageHeader, Spinner } from "@medea/ui";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Page } from "@/components/page";
import { usePageTitle } from "@/lib/page-title";
import { ToolsLink } from "../tools-link";
import { useFinishAuthorization } from "./queries";

/** Where an authorization server sends a person back to. */
export function CallbackPage() {
  usePageTitle("Connecting", "Tools");
  const navigate = useNavigate();
  const finish = useFinishAuthorization();
  const isSent = useRef(false);
  const { mutateAsync } = finish;

  useEffect(() => {
    if (isSent.current) return;
    isSent.current = true;
    const given = new URLSearchParams(window.location.search);
    const read = (name: string) => given.get(name) || null;
    mutateAsync({
      state: given.get("state") || "-",
      code: read("code"),
      iss: read("iss"),
      error: read("error"),
      error_description: read("error_description"),
    })
      .then(({ id }) =>
        navigate({ to: "/dashboard/tools/mcp/$serverId", params: { serverId: id }, replace: true }),
      )
      .catch(() => undefined); // is shown below
  }, [mutateAsync, navigate]);

  return (
    <Page className="max-w-3xl">
      <PageHeader eyebrow={<ToolsLink />} title="Connecting the server" />
      <Card className="mt-6 grid gap-4 p-5">
        {finish.isError ? (
          <>
            <Notice variant="destructive" role="alert" title="The server is not connected">
              {messageOf(finish.error)}
            </Notice>
            <Button asChild variant="outline" className="justify-self-start">
              <Link to="/dashboard/tools" hash="mcp">
                To the MCP servers
              </Link>
            </Button>
          </>
        ) : (
          <p role="status" className="flex items-center gap-3 text-sm">
            <Spinner />
            One moment: the server is asked what it offers.
          </p>
        )}
      </Card>
    </Page>
  );
}
