import { messageOf, type Webhook, type WebhookTestType } from "@medea/api";
import {
  Button,
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
  toast,
} from "@medea/ui";
import { ChevronDownIcon, RotateCcwIcon, SendIcon } from "lucide-react";
import { useReplayFailed, useSendTest } from "../queries";

const DAY = 24 * 3600 * 1000;
const SPANS = [
  { label: "of the last day", days: 1 },
  { label: "of the last three days", days: 3 },
  { label: "of the last two weeks", days: 14 },
];

/** Sends a sample of an event. */
export function TestButton({ webhook }: { webhook: Webhook }) {
  const test = useSendTest(webhook.id);
  const send = (type: string) =>
    test.mutate(type as WebhookTestType, {
      onSuccess: () => toast.success("A test event is on its way"),
      onError: (error) => toast.error(messageOf(error)),
    });
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" loading={test.isPending}>
          <SendIcon />
          Send a test
          <ChevronDownIcon />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {["webhook.test", ...webhook.events].map((type) => (
          <DropdownMenuItem key={type} className="font-mono text-xs" onSelect={() => send(type)}>
            {type}
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Sends again what has failed. */
export function ReplayFailedButton({ webhook }: { webhook: Webhook }) {
  const replay = useReplayFailed(webhook.id);
  const send = (days: number) =>
    replay.mutate(new Date(Date.now() - days * DAY).toISOString(), {
      onSuccess: ({ count, is_complete }) =>
        toast.success(
          count === 0
            ? "Nothing has failed in that time"
            : `${count} ${count === 1 ? "delivery is" : "deliveries are"} sent again${is_complete ? "" : "; more have failed, do it once more"}`,
        ),
      onError: (error) => toast.error(messageOf(error)),
    });
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" loading={replay.isPending}>
          <RotateCcwIcon />
          Replay failed
          <ChevronDownIcon />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {SPANS.map(({ label, days }) => (
          <DropdownMenuItem key={days} onSelect={() => send(days)}>
            What failed {label}
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
