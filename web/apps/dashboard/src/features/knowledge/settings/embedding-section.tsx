import {
  Button,
  Card,
  CardContent,
  CardFooter,
  ConfirmDialog,
  FormField,
  Input,
  Notice,
} from "@medea/ui";
import { useState } from "react";
import { formatNumber } from "@/lib/format";
import { ProgressBar } from "../progress-bar";
import { Segmented } from "../segmented";
import { isEmbedding } from "../status";
import { type SectionProps, useChangeSettings } from "./settings-tab";

const OFFLINE = "medea/minilm";
type Kind = "offline" | "provider" | "none";

const KINDS = [
  { value: "offline", label: "Built in" },
  { value: "provider", label: "A provider’s model" },
  { value: "none", label: "Words only" },
] as const;

const EXPLAINED: Record<Kind, string> = {
  offline: "all-MiniLM-L6-v2, computed on this server. Free, and no text leaves it.",
  provider: "A model of one of your providers. Every chunk is sent there once.",
  none: "Only the words of the question count. Nothing has to be computed.",
};

const kindOfModel = (model: string | null): Kind =>
  model === null ? "none" : model === OFFLINE ? "offline" : "provider";

/** What makes chunks comparable in meaning, and how far a change of it is. */
export function EmbeddingSection({ base, canWrite }: SectionProps) {
  const stored = base.settings.embedding_model;
  const [kind, setKind] = useState<Kind>(kindOfModel(stored));
  const [typed, setTyped] = useState(kindOfModel(stored) === "provider" ? (stored ?? "") : "");
  const [isAsking, setAsking] = useState(false);
  const { change, isPending } = useChangeSettings(base);
  const wanted = kind === "none" ? null : kind === "offline" ? OFFLINE : typed.trim();
  const isChanged = wanted !== stored && wanted !== "";
  const { embedding } = base;

  return (
    <Card>
      <CardContent className="grid grid-cols-1 gap-4">
        <div>
          <h2 className="font-semibold text-base">Search by meaning</h2>
          <p className="mt-1 text-muted-foreground text-sm">
            An embedding model finds “money back” when somebody asks for a refund.
          </p>
        </div>
        <Segmented
          label="Embedding model"
          value={kind}
          options={KINDS}
          onChange={setKind}
          disabled={!canWrite}
        />
        <p className="-mt-1 text-muted-foreground text-sm">{EXPLAINED[kind]}</p>
        {kind === "provider" ? (
          <FormField
            label="Model"
            hint="Provider and model as Settings › Models has them, such as openai:text-embedding-3-small."
          >
            <Input
              value={typed}
              readOnly={!canWrite}
              onChange={(event) => setTyped(event.target.value)}
              placeholder="openai:text-embedding-3-small"
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
            />
          </FormField>
        ) : null}
        {isEmbedding(base) ? (
          <Notice
            title={
              embedding.state === "switching"
                ? "Chunks are being embedded with the new model"
                : "Chunks are being embedded"
            }
          >
            <ProgressBar
              label="Embedded chunks"
              share={embedding.total > 0 ? embedding.done / embedding.total : null}
              note={`${formatNumber(embedding.done)} of ${formatNumber(embedding.total)}`}
            />
          </Notice>
        ) : embedding.model && embedding.dimensions ? (
          <p className="text-muted-foreground text-xs tabular-nums">
            {formatNumber(embedding.done)} chunks with {embedding.dimensions} dimensions each
          </p>
        ) : null}
      </CardContent>
      {canWrite ? (
        <CardFooter className="justify-end">
          <p className="mr-auto text-muted-foreground text-xs">
            The old vectors serve until the new ones are complete.
          </p>
          <Button
            size="sm"
            disabled={!isChanged}
            loading={isPending}
            onClick={() => setAsking(true)}
          >
            Change
          </Button>
          <ConfirmDialog
            open={isAsking}
            onOpenChange={setAsking}
            variant="default"
            title={wanted === null ? "Search by words only?" : "Embed everything anew?"}
            description={
              wanted === null
                ? "The vectors are deleted. Questions in other words than the document’s find less."
                : `${formatNumber(base.chunk_count)} chunks are embedded in the background${kind === "provider" ? " and sent to the provider, who may charge for it" : ""}. Searches use the old vectors until it is done.`
            }
            confirmLabel="Change"
            onConfirm={() => change({ embedding_model: wanted }, "The embedding model is changing")}
          />
        </CardFooter>
      ) : null}
    </Card>
  );
}
