import type { KnowledgeBase, Rerank } from "@medea/api";
import {
  Button,
  FormField,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
  Slider,
} from "@medea/ui";
import { RotateCcw } from "lucide-react";
import { DEFAULT_TOP_K, type HitSettings, RERANKS } from "./settings";

interface HitSettingsPanelProps {
  base: KnowledgeBase;
  hit: HitSettings;
  onChange: (hit: HitSettings) => void;
}

const USUAL_WEIGHT = 0.5;

/** The settings of a trial; moving one searches again. They change nothing for the agents. */
export function HitSettingsPanel({ base, hit, onChange }: HitSettingsPanelProps) {
  const { settings } = base;
  const isLexical = settings.embedding_model === null;
  const weight = hit.weight ?? settings.vector_weight;
  const { q } = hit;
  const isChanged = Object.keys(hit).some((name) => name !== "q");
  return (
    <div className="grid gap-5">
      <FormField label="Results" aside={<Value>{hit.top_k ?? DEFAULT_TOP_K}</Value>}>
        <Slider
          label="Results"
          min={1}
          max={30}
          value={[hit.top_k ?? DEFAULT_TOP_K]}
          onValueChange={([top_k]) => onChange({ ...hit, top_k: top_k ?? DEFAULT_TOP_K })}
        />
      </FormField>
      <FormField
        label="Threshold"
        hint="Passages with a lower score are left out."
        aside={<Value>{hit.threshold === undefined ? "off" : hit.threshold.toFixed(2)}</Value>}
      >
        <Slider
          label="Threshold"
          min={0}
          max={1}
          step={0.01}
          value={[hit.threshold ?? 0]}
          onValueChange={([value]) => {
            const { threshold: _, ...rest } = hit;
            onChange(value ? { ...rest, threshold: value } : rest);
          }}
        />
      </FormField>
      <FormField
        label="Words or meaning"
        hint={
          isLexical
            ? "This knowledge base has no embedding model: words decide alone."
            : weight === null
              ? "Chosen by the language of the question."
              : "Left: only words. Right: only meaning."
        }
        aside={<Value>{weight === null ? "by language" : `${Math.round(weight * 100)} %`}</Value>}
      >
        <Slider
          label="Weight of the meaning"
          min={0}
          max={1}
          step={0.05}
          disabled={isLexical}
          value={[weight ?? USUAL_WEIGHT]}
          onValueChange={([value]) => onChange({ ...hit, weight: value ?? USUAL_WEIGHT })}
        />
      </FormField>
      <FormField label="Second look">
        <Select
          value={hit.rerank ?? settings.rerank}
          onValueChange={(rerank) => onChange({ ...hit, rerank: rerank as Rerank })}
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
      {isChanged ? (
        <Button
          variant="ghost"
          size="sm"
          className="-ml-2.5 justify-self-start text-muted-foreground"
          onClick={() => onChange(q ? { q } : {})}
        >
          <RotateCcw />
          As the knowledge base has it
        </Button>
      ) : null}
    </div>
  );
}

function Value({ children }: { children: React.ReactNode }) {
  return <output className="font-medium text-foreground tabular-nums">{children}</output>;
}
