import type { Role } from "@medea/api";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@medea/ui";
import { useCan } from "@/lib/session";
import { grantableRoles, roleLabel } from "./roles";

export interface RoleSelectProps {
  value: Role;
  onChange: (role: Role) => void;
  label?: string;
  disabled?: boolean;
  size?: "sm" | "default";
  className?: string;
}

export function RoleSelect({ value, onChange, label, disabled, size, className }: RoleSelectProps) {
  const isOwner = useCan("tenancy:owner");
  return (
    <Select
      value={value}
      onValueChange={(next) => onChange(next as Role)}
      disabled={disabled ?? false}
    >
      <SelectTrigger aria-label={label} className={className} size={size ?? "default"}>
        <SelectValue>{roleLabel(value)}</SelectValue>
      </SelectTrigger>
      <SelectContent align="end">
        {grantableRoles(isOwner).map(({ role, label: name, hint }) => (
          <SelectItem key={role} value={role} description={hint}>
            {name}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
