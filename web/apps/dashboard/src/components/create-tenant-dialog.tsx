import { messageOf } from "@medea/api";
import {
  Button,
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  Input,
  Label,
  toast,
} from "@medea/ui";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSwitchTenant } from "@/features/auth";
import { api } from "@/lib/api";

interface CreateTenantDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function CreateTenantDialog({ open, onOpenChange }: CreateTenantDialogProps) {
  const [name, setName] = useState("");
  const switchTenant = useSwitchTenant();
  const create = useMutation({
    mutationFn: async () => {
      const tenant = await api.tenancy.createTenant({ name: name.trim() });
      await switchTenant.mutateAsync(tenant.id);
      return tenant;
    },
    onSuccess: (tenant) => {
      setName("");
      onOpenChange(false);
      toast.success(`${tenant.name} is ready`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) create.mutate();
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <form onSubmit={submit} className="grid gap-5">
          <DialogHeader>
            <DialogTitle>New workspace</DialogTitle>
            <DialogDescription>
              A workspace has its own agents, conversations, keys and members. Nothing is shared
              between two of them.
            </DialogDescription>
          </DialogHeader>
          <div className="grid gap-2">
            <Label htmlFor="new-workspace-name">Name</Label>
            <Input
              id="new-workspace-name"
              value={name}
              onChange={(event) => setName(event.target.value)}
              maxLength={100}
              autoComplete="organization"
              placeholder="Acme GmbH"
              aria-invalid={create.isError}
              aria-describedby={create.isError ? "new-workspace-error" : undefined}
              required
            />
            {create.isError ? (
              <p id="new-workspace-error" role="alert" className="text-destructive text-sm">
                {messageOf(create.error)}
              </p>
            ) : null}
          </div>
          <DialogFooter>
            <Button type="button" variant="outline" onClick={() => onOpenChange(false)}>
              Cancel
            </Button>
            <Button type="submit" disabled={create.isPending || !name.trim()}>
              {create.isPending ? "Creating…" : "Create workspace"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
