import { messageOf } from "@medea/api";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
  toast,
} from "@medea/ui";
import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { useState } from "react";
import { useSwitchTenant } from "@/features/auth";
import { useMe } from "@/lib/session";
import { CreateTenantDialog } from "./create-tenant-dialog";
import { Monogram } from "./monogram";

export function TenantSwitcher({ onSwitched }: { onSwitched?: () => void }) {
  const me = useMe();
  const [isCreating, setIsCreating] = useState(false);
  const switchTenant = useSwitchTenant();

  const choose = (id: string) => {
    if (id === me.tenant.id) return;
    switchTenant.mutate(id, {
      onSuccess: () => onSwitched?.(),
      onError: (error) => toast.error(messageOf(error)),
    });
  };

  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger className="flex h-10 w-full items-center gap-2.5 rounded-md px-2 text-left focus-mark transition-colors hover:bg-accent">
          <Monogram name={me.tenant.name} />
          <span className="relative min-w-0 flex-1 truncate font-medium text-sm">
            {me.tenant.name}
            <span className="sr-only">, switch workspace</span>
          </span>
          <ChevronsUpDown className="size-4 shrink-0 text-muted-foreground" aria-hidden="true" />
        </DropdownMenuTrigger>
        <DropdownMenuContent align="start" className="w-60">
          <DropdownMenuLabel>Workspaces</DropdownMenuLabel>
          {me.tenants.map((tenant) => (
            <DropdownMenuItem key={tenant.id} onSelect={() => choose(tenant.id)}>
              <Monogram name={tenant.name} size="small" />
              <span className="min-w-0 flex-1 truncate">{tenant.name}</span>
              {tenant.id === me.tenant.id ? (
                <Check className="size-4" aria-label="Current" />
              ) : (
                <span className="text-muted-foreground text-xs">{tenant.role}</span>
              )}
            </DropdownMenuItem>
          ))}
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => setIsCreating(true)}>
            <Plus aria-hidden="true" />
            New workspace
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <CreateTenantDialog open={isCreating} onOpenChange={setIsCreating} />
    </>
  );
}
