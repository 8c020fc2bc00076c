import type { ApiKey } from "@medea/api";
import {
  Badge,
  Button,
  FormField,
  Notice,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@medea/ui";
import { PlusIcon } from "lucide-react";

export interface KeyStepProps {
  keys: ApiKey[];
  selected: ApiKey | null;
  canCreate: boolean;
  onSelect: (id: string) => void;
  onCreate: () => void;
}

/** Which publishable key the website uses, and on which sites it works. */
export function KeyStep({ keys, selected, canCreate, onSelect, onCreate }: KeyStepProps) {
  if (selected === null) {
    return (
      <Notice
        variant="info"
        title="A website needs a publishable key"
        action={
          canCreate ? (
            <Button size="sm" onClick={onCreate}>
              <PlusIcon />
              Create key
            </Button>
          ) : null
        }
      >
        {canCreate
          ? "It names this workspace in the page and works only on the websites you allow."
          : "Ask an owner or admin of this workspace to create one."}
      </Notice>
    );
  }
  return (
    <div className="grid gap-3">
      <div className="flex items-end gap-2">
        <FormField label="Publishable key" className="min-w-0 flex-1 sm:max-w-sm">
          <Select value={selected.id} onValueChange={onSelect}>
            <SelectTrigger>
              <SelectValue>{selected.name}</SelectValue>
            </SelectTrigger>
            <SelectContent>
              {keys.map((key) => (
                <SelectItem key={key.id} value={key.id} description={originsOf(key)}>
                  {key.name}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        </FormField>
        {canCreate ? (
          <Button variant="outline" onClick={onCreate}>
            <PlusIcon />
            New key
          </Button>
        ) : null}
      </div>
      <Origins apiKey={selected} />
    </div>
  );
}

const originsOf = (key: ApiKey): string =>
  key.allowed_origins.length === 0 ? "Any website" : key.allowed_origins.join(", ");

function Origins({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.allowed_origins.length === 0) {
    return (
      <Notice variant="warning">
        This key works on any website. For your own, create one that names the websites it may be
        used on.
      </Notice>
    );
  }
  return (
    <p className="flex flex-wrap items-center gap-1.5 text-muted-foreground text-xs">
      Works on
      {apiKey.allowed_origins.map((origin) => (
        <Badge key={origin} variant="outline" className="max-w-full truncate">
          {origin}
        </Badge>
      ))}
    </p>
  );
}
