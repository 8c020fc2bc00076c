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
  cn,
  Popover,
  PopoverContent,
  PopoverTrigger,
  Skeleton,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";
import { useState } from "react";
import { knownModelsQuery, modelsQuery } from "../queries";
import { DEFAULT_MODEL, groupModels, modelFacts } from "./model-facts";

interface ModelPickerProps {
  value: string | null;
  onChange: (model: string | null) => void;
  readOnly: boolean;
  error: string | undefined;
  /** What the choice is for, read before the model's name. */
  label?: string;
  /** A chain names each of its models. */
  hasDefault?: boolean;
}

export function ModelPicker({
  value,
  onChange,
  readOnly,
  error,
  label = "Model",
  hasDefault = true,
}: ModelPickerProps) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const models = useQuery(modelsQuery);
  const isElsewhere = Boolean(value) && !models.data?.some((model) => model.id === value);
  const sought = isOpen ? typed.trim() : (value ?? "");
  const more = useQuery({ ...knownModelsQuery(sought), enabled: isOpen || isElsewhere });
  if (models.isPending) return <Skeleton className="h-16 w-full max-w-xl" />;
  const offered = models.data ?? [];
  const known = new Set(offered.map((model) => model.id));
  const list = [...offered, ...(more.data ?? []).filter((model) => !known.has(model.id))];
  const current =
    value === null && hasDefault ? DEFAULT_MODEL : list.find((model) => model.id === value);
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
            aria-label={`${label}: ${current?.name ?? (value || "none chosen")}`}
            disabled={readOnly}
            className="h-auto justify-between px-4 py-3 text-left"
          >
            <span className="min-w-0">
              <span className="block truncate">{current?.name ?? (value || "Choose a model")}</span>
              <span
                className={cn(
                  "block truncate font-normal text-xs",
                  current?.is_enabled === false ? "text-warning" : "text-muted-foreground",
                )}
              >
                {current ? modelFacts(current) : value ? "Of your default provider" : "None yet"}
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
            <CommandInput placeholder="Search models" value={typed} onValueChange={setTyped} />
            <CommandList>
              <CommandEmpty>No model of that name.</CommandEmpty>
              {hasDefault ? (
                <CommandGroup>
                  <ModelItem
                    model={DEFAULT_MODEL}
                    isChosen={value === null}
                    onChoose={() => choose(null)}
                  />
                </CommandGroup>
              ) : null}
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
      {error || models.isLoadingError ? (
        <p role="alert" className="text-destructive text-xs">
          {error ?? messageOf(models.error)}
        </p>
      ) : null}
      {hasDefault ? (
        <p className="text-muted-foreground text-xs">
          More models come with a provider's key, in{" "}
          <Link
            to="/dashboard/settings/models"
            className="focus-mark rounded-sm underline underline-offset-2"
          >
            settings
          </Link>
          .
        </p>
      ) : null}
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
    <CommandItem
      value={`${model.name} ${model.id}`}
      onSelect={onChoose}
      disabled={!model.is_enabled}
      className="py-1.5"
    >
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
