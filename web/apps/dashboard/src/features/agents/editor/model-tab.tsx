import { FormField, Input, Label, Slider, Switch } from "@medea/ui";
import { useId } from "react";
import { useDraft } from "./draft-context";
import { FallbackSection } from "./fallback-section";
import { ModelPicker } from "./model-picker";
import { Section } from "./section";

const USUAL_TEMPERATURE = 0.7;

export function ModelTab() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  return (
    <>
      <Section
        title="Model"
        description="What writes the answers. Prices are the provider's, in US dollars for a million tokens."
      >
        <ModelPicker
          value={agent.model}
          onChange={(model) => edit({ model })}
          readOnly={!canWrite}
          error={fieldError("model")}
        />
      </Section>
      <FallbackSection />
      <Section
        title="Temperature"
        description="Low values give the same, sober answer each time; high ones vary more. Support works best low."
      >
        <Temperature />
      </Section>
      <Section
        title="Length of an answer"
        description="The answer is cut off after this many tokens (a token is about three quarters of an English word)."
      >
        <FormField
          label="At most"
          optional
          hint="Empty: the model's own limit."
          error={fieldError("max_output_tokens")}
          className="max-w-xs"
        >
          <Input
            type="number"
            inputMode="numeric"
            min={1}
            step={1}
            value={agent.max_output_tokens ?? ""}
            placeholder="No limit of our own"
            readOnly={!canWrite}
            onChange={(event) => {
              const value = Number.parseInt(event.target.value, 10);
              edit({ max_output_tokens: Number.isNaN(value) ? null : Math.max(1, value) });
            }}
          />
        </FormField>
      </Section>
    </>
  );
}

function Temperature() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const id = useId();
  const isDefault = agent.temperature === null;
  return (
    <div className="grid max-w-md gap-4">
      <div className="flex items-center gap-3">
        <Switch
          id={id}
          checked={isDefault}
          disabled={!canWrite}
          onCheckedChange={(on) => edit({ temperature: on ? null : USUAL_TEMPERATURE })}
        />
        <Label htmlFor={id} className="font-normal text-sm">
          Leave it to the model
        </Label>
      </div>
      {isDefault ? null : (
        <div>
          <div className="flex items-center gap-4">
            <Slider
              label="Temperature"
              min={0}
              max={2}
              step={0.1}
              disabled={!canWrite}
              value={[agent.temperature ?? USUAL_TEMPERATURE]}
              onValueChange={([value]) => edit({ temperature: value ?? null })}
            />
            <output className="w-8 text-right font-medium text-sm tabular-nums">
              {(agent.temperature ?? 0).toFixed(1)}
            </output>
          </div>
          <div className="mt-1 flex justify-between pr-12 text-muted-foreground text-xs">
            <span>Sober</span>
            <span>Varied</span>
          </div>
        </div>
      )}
      {fieldError("temperature") ? (
        <p role="alert" className="text-destructive text-xs">
          {fieldError("temperature")}
        </p>
      ) : null}
    </div>
  );
}
