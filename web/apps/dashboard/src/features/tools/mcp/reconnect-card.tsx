import { type McpServer, messageOf } from "@medea/api";
import { Button, Card, CardDescription, CardHeader, CardTitle, Notice } from "@medea/ui";
import { LogIn } from "lucide-react";
import { useAuthorize } from "./queries";

/** Somebody has to log in at the server: for the first time, or again. */
export function ReconnectCard({ server, canWrite }: { server: McpServer; canWrite: boolean }) {
  const authorize = useAuthorize();
  const isFirst = server.listed_at === null;
  return (
    <Card className="border-warning/50">
      <CardHeader className="pb-4">
        <CardTitle>{isFirst ? "Log in to finish" : "Connect it again"}</CardTitle>
        <CardDescription>
          {isFirst
            ? `${server.name} wants somebody to log in and agree that Medea may use it. You are sent there and come back here.`
            : `${server.error ?? "The connection has ended."} Until then agents go on without its tools.`}
        </CardDescription>
      </CardHeader>
      <div className="grid gap-4 px-5 pb-5">
        {authorize.isError ? (
          <Notice variant="destructive" role="alert">
            {messageOf(authorize.error)}
          </Notice>
        ) : null}
        <Button
          className="justify-self-start"
          disabled={!canWrite}
          loading={authorize.isPending || authorize.isSuccess}
          onClick={() => authorize.mutate(server.id)}
        >
          <LogIn />
          {isFirst ? "Log in" : "Connect again"}
        </Button>
      </div>
    </Card>
  );
}
