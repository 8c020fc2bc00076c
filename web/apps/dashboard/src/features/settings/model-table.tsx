import type { Provider } from "@medea/api";
import {
  Badge,
  Card,
  CardDescription,
  CardHeader,
  CardTitle,
  Skeleton,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "@/features/agents";
import { formatCompact } from "@/lib/format";

/** Everything an agent's model may be set to, with its price. */
export function ModelTable({ providers }: { providers: Provider[] }) {
  const models = useQuery(modelsQuery);
  if (models.isPending) return <Skeleton className="h-48 rounded-xl" />;
  if (models.isError) return null;
  const nameOf = (id: string) => {
    if (id === "offline") return "Built in";
    if (id === "platform") return "This installation";
    return providers.find((provider) => provider.id === id)?.name ?? "Your provider";
  };
  return (
    <Card className="overflow-hidden">
      <CardHeader className="pb-4">
        <CardTitle>Available models</CardTitle>
        <CardDescription>What an agent may answer with. Prices per million tokens.</CardDescription>
      </CardHeader>
      <div className="border-t">
        <Table label="Available models">
          <TableHeader>
            <TableRow>
              <TableHead>Model</TableHead>
              <TableHead>From</TableHead>
              <TableHead className="text-right">Context</TableHead>
              <TableHead className="text-right">Input</TableHead>
              <TableHead className="text-right">Output</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {models.data.map((model) => (
              <TableRow key={`${model.provider}/${model.id}`}>
                <TableCell>
                  <div className="font-medium">{model.name}</div>
                  {model.name === model.id ? null : (
                    <code className="font-mono text-muted-foreground text-xs">{model.id}</code>
                  )}
                </TableCell>
                <TableCell>
                  <Badge variant="outline">{nameOf(model.provider)}</Badge>
                </TableCell>
                <Figure value={model.context_window} show={formatCompact} />
                <Figure value={model.input_price} show={price} />
                <Figure value={model.output_price} show={price} />
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </Card>
  );
}

const price = (value: number): string => (value === 0 ? "Free" : `$${value.toFixed(2)}`);

function Figure({ value, show }: { value: number | null; show: (value: number) => string }) {
  return (
    <TableCell className="text-right text-muted-foreground tabular-nums">
      {value === null ? <Unknown /> : show(value)}
    </TableCell>
  );
}

function Unknown() {
  return (
    <>
      <span aria-hidden="true">–</span>
      <span className="sr-only">unknown</span>
    </>
  );
}
