import type { Limits, RateLimit } from "@medea/api";
import {
  Card,
  CardDescription,
  CardHeader,
  CardTitle,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@medea/ui";
import { formatNumber } from "@/lib/format";

const COVERS: Record<RateLimit["covers"], string> = {
  chat: "Messages and new conversations",
  widget_sessions: "Opening the widget",
  api: "Other calls of the API",
};

const SUBJECTS: Record<RateLimit["subject"], string> = {
  tenant: "The whole workspace",
  key: "Each API key",
  visitor: "Each visitor",
  caller: "Each key, visitor or member",
  address: "Each internet address",
};

function everyOf(seconds: number): string {
  if (seconds === 60) return "a minute";
  return seconds === 1 ? "a second" : `in ${formatNumber(seconds)} seconds`;
}

const countOf = (rates: RateLimit[], covers: RateLimit["covers"]): number =>
  rates.filter((rate) => rate.covers === covers).length;

/** What the operator of this installation allows; nothing here can be changed by the workspace. */
export function InForce({ limits }: { limits: Limits }) {
  return (
    <Card className="overflow-hidden">
      <CardHeader className="pb-4">
        <CardTitle>Limits in force</CardTitle>
        <CardDescription>
          Set by the operator of this installation. Whoever asks more often is told when to come
          back.
        </CardDescription>
      </CardHeader>
      <div className="border-t">
        <Table label="Limits in force">
          <TableHeader>
            <TableRow>
              <TableHead>What</TableHead>
              <TableHead>For</TableHead>
              <TableHead className="text-right">At most</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            <TableRow>
              <TableCell>Answers being written or waiting</TableCell>
              <TableCell className="text-muted-foreground">{SUBJECTS.tenant}</TableCell>
              <TableCell className="text-right tabular-nums">
                {formatNumber(limits.turns_at_once)} at once
              </TableCell>
            </TableRow>
            {limits.rates.map((rate, place) => (
              <TableRow key={rate.name}>
                {limits.rates[place - 1]?.covers === rate.covers ? null : (
                  <TableCell className="align-top" rowSpan={countOf(limits.rates, rate.covers)}>
                    {COVERS[rate.covers]}
                  </TableCell>
                )}
                <TableCell className="text-muted-foreground">{SUBJECTS[rate.subject]}</TableCell>
                <TableCell className="whitespace-nowrap text-right tabular-nums">
                  {formatNumber(rate.amount)} {everyOf(rate.per_seconds)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </Card>
  );
}
