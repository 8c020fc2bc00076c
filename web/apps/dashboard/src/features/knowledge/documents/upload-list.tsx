import { Button, Card, Tooltip } from "@medea/ui";
import { CircleAlert, RotateCw, Upload as UploadIcon, X } from "lucide-react";
import { formatBytes } from "@/lib/format-bytes";
import { ProgressBar } from "../progress-bar";
import type { Upload } from "./upload-queue";
import { uploads } from "./uploads";

/** Files that the server does not have yet. */
export function UploadList({ items }: { items: Upload[] }) {
  if (items.length === 0) return null;
  const failed = items.filter(({ state }) => state === "failed").length;
  const under = items.length - failed;
  return (
    <section aria-label="Uploads">
      <p role="status" className="sr-only">
        {under > 0 ? `${under} ${under === 1 ? "file is" : "files are"} being uploaded.` : ""}
        {failed > 0 ? ` ${failed} could not be uploaded.` : ""}
      </p>
      <Card>
        <ul className="divide-y">
          {items.map((item) => (
            <UploadRow key={item.id} item={item} />
          ))}
        </ul>
      </Card>
    </section>
  );
}

function UploadRow({ item }: { item: Upload }) {
  const { file, state, share, error, id } = item;
  const isFailed = state === "failed";
  const Icon = isFailed ? CircleAlert : UploadIcon;
  return (
    <li className="flex items-center gap-3 px-4 py-2.5">
      <Icon
        aria-hidden="true"
        className={`size-4 shrink-0 ${isFailed ? "text-destructive" : "text-muted-foreground"}`}
      />
      <div className="grid min-w-0 flex-1 gap-1">
        <p className="flex items-baseline gap-2">
          <span className="truncate font-medium text-sm">{file.name}</span>
          <span className="shrink-0 text-muted-foreground text-xs tabular-nums">
            {formatBytes(file.size)}
          </span>
        </p>
        {isFailed ? (
          <p className="text-destructive text-xs">{error}</p>
        ) : (
          <ProgressBar
            label={`Uploading ${file.name}`}
            share={state === "waiting" ? 0 : share}
            note={state === "waiting" ? "Waiting" : `${Math.round(share * 100)} %`}
          />
        )}
      </div>
      {isFailed ? (
        <Button variant="outline" size="xs" onClick={() => uploads.retry(id)}>
          <RotateCw />
          Try again
        </Button>
      ) : null}
      <Tooltip content={isFailed ? "Remove from the list" : "Stop the upload"}>
        <Button
          variant="ghost"
          size="icon-xs"
          aria-label={`${isFailed ? "Dismiss" : "Stop uploading"} ${file.name}`}
          className="text-muted-foreground"
          onClick={() => uploads.remove(id)}
        >
          <X />
        </Button>
      </Tooltip>
    </li>
  );
}
