import type { Rerank } from "@medea/api";
import {
  Card,
  CardContent,
  FormField,
  Input,
  Label,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
  Slider,
  Switch,
} from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { RERANKS } from "../hit-test/settings";
import { type SectionProps, useChangeSettings } from "./settings-tab";

const USUAL_WEIGHT = 0.5;

/** How results are ordered. */
export function SearchSection({ base, canWrite }: SectionProps) {
  const { settings } = base;
  const { change } = useChangeSettings(base);
  const id = useId();
  const [weight, setWeight] = useState(settings.vector_weight ?? USUAL_WEIGHT);
  const [model, setModel] = useState(settings.rerank_model ?? "");
  const isByLanguage = settings.vector_weight === null;
  return (
    <Card>
      <CardContent className="grid grid-cols-1 gap-5">
        <div>
          <h2 className="font-semibold text-base">Order of results</h2>
          <p className="mt-1 text-muted-foreground text-sm">
            Try values in the{" "}
            <Link
              to="/dashboard/knowledge/$baseId/test"
              params={{ baseId: base.id }}
              className="focus-mark rounded-sm text-primary underline underline-offset-2"
            >
              hit test
            </Link>{" "}
            before you set them here. They take effect at once.
          </p>
        </div>
        {settings.embedding_model === null ? null : (
          <div className="grid grid-cols-1 gap-3">
            <div className="flex items-center gap-3">
              <Switch
                id={id}
                checked={isByLanguage}
                disabled={!canWrite}
                onCheckedChange={(on) =>
                  change({ vector_weight: on ? null : weight }, "The weight was changed")
                }
              />
              <Label htmlFor={id} className="font-normal text-sm">
                Weigh words and meaning by the language of the question
              </Label>
            </div>
            {isByLanguage ? null : (
              <FormField
                label="Weight of the meaning"
                aside={
                  <output className="font-medium text-foreground tabular-nums">
                    {Math.round(weight * 100)} %
                  </output>
                }
              >
                <Slider
                  label="Weight of the meaning"
                  min={0}
                  max={1}
                  step={0.05}
                  disabled={!canWrite}
                  value={[weight]}
                  onValueChange={([value]) => setWeight(value ?? USUAL_WEIGHT)}
                  onValueCommit={([value]) =>
                    change({ vector_weight: value ?? USUAL_WEIGHT }, "The weight was changed")
                  }
                />
              </FormField>
            )}
          </div>
        )}
        <FormField
          label="Second look"
          hint="Reads the best results once more and orders them anew."
        >
          <Select
            value={settings.rerank}
            disabled={!canWrite}
            onValueChange={(rerank) =>
              change({ rerank: rerank as Rerank }, "The second look was changed")
            }
          >
            <SelectTrigger>
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              {RERANKS.map(({ value, label, description }) => (
                <SelectItem key={value} value={value} description={description}>
                  {label}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        </FormField>
        {settings.rerank === "api" ? (
          <FormField
            label="Reranking model"
            hint="Provider and model, such as cohere:rerank-v3.5. Saved when you leave the field."
          >
            <Input
              value={model}
              readOnly={!canWrite}
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
              onChange={(event) => setModel(event.target.value)}
              onBlur={() => {
                const wanted = model.trim() || null;
                if (wanted !== settings.rerank_model) {
                  change({ rerank_model: wanted }, "The reranking model was changed");
                }
              }}
            />
          </FormField>
        ) : null}
      </CardContent>
    </Card>
  );
}
