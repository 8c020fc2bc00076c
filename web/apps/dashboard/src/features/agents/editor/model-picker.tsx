import { type LlmModel, messageOf } from "@medea/api";
import {
  Badge,
  Button,
  Command,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
  Popover,
  PopoverContent,
  PopoverTrigger,
  Skeleton,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";
import { useState } from "react";
import { modelsQuery } from "../queries";
import { DEFAULT_MODEL, groupModels, modelFacts } from "./model-facts";

interface ModelPickerProps {
  value: string | null;
  onChange: (model: string | null) => void;
  readOnly: boolean;
  error: string | undefined;
}

export function ModelPicker({ value, onChange, readOnly, error }: ModelPickerProps) {
  const [isOpen, setOpen] = useState(false);
  const models = useQuery(modelsQuery);
  if (models.isPending) return <Skeleton className="h-16 w-full max-w-xl" />;
  const list = models.data ?? [];
  const current = value === null ? DEFAULT_MODEL : list.find((model) => model.id === value);
  const choose = (model: string | null) => {
    onChange(model);
    setOpen(false);
  };

  return (
    <div className="grid max-w-xl gap-2">
      <Popover open={isOpen} onOpenChange={setOpen}>
        <PopoverTrigger asChild>
          <Button
            variant="outline"
            role="combobox"
            aria-expanded={isOpen}
            aria-label={`Model: ${current?.name ?? value}`}
            disabled={readOnly}
            className="h-auto justify-between px-4 py-3 text-left"
          >
            <span className="min-w-0">
              <span className="block truncate">{current?.name ?? value}</span>
              <span className="block truncate font-normal text-muted-foreground text-xs">
                {current ? modelFacts(current) : "Not offered any more"}
              </span>
            </span>
            <ChevronsUpDown className="text-muted-foreground" />
          </Button>
        </PopoverTrigger>
        <PopoverContent
          aria-label="Choose a model"
          align="start"
          className="w-(--radix-popover-trigger-width) p-0"
        >
          <Command>
            <CommandInput placeholder="Search models" />
            <CommandList>
              <CommandEmpty>No model of that name.</CommandEmpty>
              <CommandGroup>
                <ModelItem
                  model={DEFAULT_MODEL}
                  isChosen={value === null}
                  onChoose={() => choose(null)}
                />
              </CommandGroup>
              {groupModels(list).map((group) => (
                <CommandGroup key={group.label} heading={group.label}>
                  {group.models.map((model) => (
                    <ModelItem
                      key={model.id}
                      model={model}
                      isChosen={model.id === value}
                      onChoose={() => choose(model.id)}
                    />
                  ))}
                </CommandGroup>
              ))}
            </CommandList>
          </Command>
        </PopoverContent>
      </Popover>
      {error || models.isError ? (
        <p role="alert" className="text-destructive text-xs">
          {error ?? messageOf(models.error)}
        </p>
      ) : null}
      <p className="text-muted-foreground text-xs">
        More models come with a provider's key, in{" "}
        <Link
          to="/dashboard/settings"
          className="focus-mark rounded-sm underline underline-offset-2"
        >
          settings
        </Link>
        .
      </p>
    </div>
  );
}

interface ModelItemProps {
  model: LlmModel;
  isChosen: boolean;
  onChoose: () => void;
}

function ModelItem({ model, isChosen, onChoose }: ModelItemProps) {
  return (
    <CommandItem value={`${model.name} ${model.id}`} onSelect={onChoose} className="py-1.5">
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate">{model.name}</span>
          {model.provider === "offline" ? <Badge variant="outline">no key needed</Badge> : null}
        </span>
        <span className="block truncate text-muted-foreground text-xs">{modelFacts(model)}</span>
      </span>
      {isChosen ? <Check aria-label="Chosen" /> : null}
    </CommandItem>
  );
}
