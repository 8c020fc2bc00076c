import { messageOf, type Provider, type ProviderTest } from "@medea/api";
import {
  Badge,
  Button,
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
  Notice,
  toast,
} from "@medea/ui";
import { useMutation } from "@tanstack/react-query";
import { EllipsisIcon, PencilIcon, StarIcon, TrashIcon, ZapIcon } from "lucide-react";
import { api } from "@/lib/api";
import { formatMilliseconds } from "@/lib/format";
import { useMakeDefaultProvider } from "./queries";

export interface ProviderRowProps {
  provider: Provider;
  canWrite: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

export function ProviderRow({ provider, canWrite, onEdit, onDelete }: ProviderRowProps) {
  const test = useMutation({ mutationFn: () => api.providers.test(provider.id) });
  const makeDefault = useMakeDefaultProvider();
  return (
    <li className="py-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="flex items-center gap-2 font-medium">
            <span className="truncate">{provider.name}</span>
            {provider.is_default ? <Badge variant="success">Default</Badge> : null}
            {provider.kind === "anthropic" ? <Badge variant="outline">Messages</Badge> : null}
          </p>
          <p className="truncate text-muted-foreground text-sm">{provider.base_url}</p>
          <p className="mt-1 flex flex-wrap gap-x-3 text-muted-foreground text-xs *:min-w-0 *:wrap-anywhere">
            <span>
              Model <code className="font-mono text-foreground">{provider.default_model}</code>
            </span>
            <span>
              {provider.key_hint ? (
                <>
                  Key <code className="font-mono">{provider.key_hint}</code>
                </>
              ) : (
                "No key"
              )}
            </span>
          </p>
        </div>
        {canWrite ? (
          <div className="flex items-center gap-1.5">
            <Button
              variant="outline"
              size="sm"
              loading={test.isPending}
              onClick={() => test.mutate()}
              aria-label={`Test ${provider.name}`}
            >
              {test.isPending ? null : <ZapIcon />}
              Test
            </Button>
            <DropdownMenu>
              <DropdownMenuTrigger asChild>
                <Button variant="ghost" size="icon-sm" aria-label={`More for ${provider.name}`}>
                  <EllipsisIcon />
                </Button>
              </DropdownMenuTrigger>
              <DropdownMenuContent>
                <DropdownMenuItem onSelect={onEdit}>
                  <PencilIcon />
                  Edit
                </DropdownMenuItem>
                <DropdownMenuItem
                  disabled={provider.is_default}
                  onSelect={() =>
                    makeDefault.mutate(provider.id, {
                      onSuccess: () => toast.success(`${provider.name} is now the default`),
                      onError: (error) => toast.error(messageOf(error)),
                    })
                  }
                >
                  <StarIcon />
                  Make default
                </DropdownMenuItem>
                <DropdownMenuSeparator />
                <DropdownMenuItem variant="destructive" onSelect={onDelete}>
                  <TrashIcon />
                  Delete
                </DropdownMenuItem>
              </DropdownMenuContent>
            </DropdownMenu>
          </div>
        ) : null}
      </div>
      <div role="status" className="*:mt-3">
        {test.isError ? <Notice variant="destructive">{messageOf(test.error)}</Notice> : null}
        {test.data && !test.isPending ? <TestResult result={test.data} /> : null}
      </div>
    </li>
  );
}

function TestResult({ result }: { result: ProviderTest }) {
  const took = result.latency_ms === null ? "" : ` in ${formatMilliseconds(result.latency_ms)}`;
  if (!result.ok) {
    return (
      <Notice variant="destructive" title="The provider did not answer as it should">
        {result.detail ?? "It gave no reason."}
      </Notice>
    );
  }
  return (
    <Notice variant="success" title={`It works: answered${took}`}>
      {result.detail}
    </Notice>
  );
}
