import { CheckboxField, FieldGroup, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { LoadFailure } from "@/components/load-failure";
import { eventTypesQuery } from "./queries";

interface EventPickerProps {
  value: string[];
  error: string | undefined;
  onChange: (events: string[]) => void;
}

/** Which events are to be sent. */
export function EventPicker({ value, error, onChange }: EventPickerProps) {
  const types = useQuery(eventTypesQuery);
  if (types.isPending)
    return <Skeleton className="h-40" role="status" aria-label="Loading the events" />;
  if (types.isLoadingError)
    return (
      <LoadFailure error={types.error} what="the events" onRetry={() => void types.refetch()} />
    );
  const toggle = (type: string, isOn: boolean) =>
    onChange(
      types.data
        .map((each) => each.type)
        .filter((each) => (each === type ? isOn : value.includes(each))),
    );
  return (
    <FieldGroup legend="Events" error={error}>
      <div className="grid grid-cols-1 max-h-72 gap-3 overflow-y-auto rounded-lg border p-3 sm:grid-cols-2">
        {types.data.map(({ type, description }) => (
          <CheckboxField
            key={type}
            label={<span className="font-mono text-xs">{type}</span>}
            hint={description}
            checked={value.includes(type)}
            onCheckedChange={(on) => toggle(type, on === true)}
          />
        ))}
      </div>
    </FieldGroup>
  );
}
