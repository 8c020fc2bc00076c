import type { Appearance } from "@medea/api";
import {
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
  Textarea,
} from "@medea/ui";
import { useId } from "react";
import { useDraft } from "../editor/draft-context";
import { Section } from "../editor/section";
import { ColourField } from "./colour-field";
import { textOn } from "./contrast";
import { QuestionRows } from "./question-rows";

export function AppearanceTab() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  const { appearance } = agent;
  const set = (change: Partial<Appearance>) => edit({ appearance: { ...appearance, ...change } });
  const brandingId = useId();

  return (
    <>
      <Section title="Welcome" description="What a visitor reads before asking anything.">
        <FormField label="Greeting" optional error={fieldError("greeting")}>
          <Textarea
            className="min-h-16"
            value={agent.greeting}
            onChange={(event) => edit({ greeting: event.target.value })}
            maxLength={1000}
            readOnly={!canWrite}
            placeholder="Hello! What can I help you with?"
          />
        </FormField>
        <QuestionRows />
      </Section>
      <Section title="Window">
        <div className="grid grid-cols-1 items-start gap-5 sm:grid-cols-2">
          <FormField label="Title" optional hint="Empty: the agent's name.">
            <Input
              value={appearance.title ?? ""}
              onChange={(event) => set({ title: event.target.value || null })}
              maxLength={80}
              readOnly={!canWrite}
              placeholder={agent.name}
            />
          </FormField>
          <FormField label="Subtitle" optional>
            <Input
              value={appearance.subtitle ?? ""}
              onChange={(event) => set({ subtitle: event.target.value || null })}
              maxLength={120}
              readOnly={!canWrite}
              placeholder="Answers in seconds"
            />
          </FormField>
          <FormField label="Launcher label" hint="Read to people who use a screen reader.">
            <Input
              value={appearance.launcher_label}
              onChange={(event) => set({ launcher_label: event.target.value })}
              maxLength={60}
              readOnly={!canWrite}
            />
          </FormField>
          <FormField label="Position">
            <Choice
              value={appearance.position}
              onChange={(position) => set({ position })}
              disabled={!canWrite}
              options={[
                ["right", "Bottom right"],
                ["left", "Bottom left"],
              ]}
            />
          </FormField>
        </div>
      </Section>
      <Section title="Look">
        <div className="grid grid-cols-1 gap-6 sm:grid-cols-2">
          <ColourField
            value={appearance.accent}
            onChange={(accent) => set({ accent, on_accent: textOn(accent) })}
            readOnly={!canWrite}
            error={fieldError("appearance.accent")}
          />
          <div className="grid content-start gap-5">
            <FormField label="Theme">
              <Choice
                value={appearance.theme}
                onChange={(theme) => set({ theme })}
                disabled={!canWrite}
                options={[
                  ["auto", "As the visitor's system"],
                  ["light", "Always light"],
                  ["dark", "Always dark"],
                ]}
              />
            </FormField>
            <div>
              <p className="font-medium text-sm">Roundness</p>
              <div className="mt-1.5 flex items-center gap-4">
                <Slider
                  label="Roundness in pixels"
                  min={0}
                  max={28}
                  step={1}
                  disabled={!canWrite}
                  value={[appearance.radius]}
                  onValueChange={([radius]) => set({ radius: radius ?? appearance.radius })}
                />
                <output className="w-12 text-right text-sm tabular-nums">
                  {appearance.radius} px
                </output>
              </div>
            </div>
          </div>
        </div>
        <div className="flex items-center gap-3">
          <Switch
            id={brandingId}
            checked={appearance.show_branding}
            disabled={!canWrite}
            onCheckedChange={(show_branding) => set({ show_branding })}
          />
          <Label htmlFor={brandingId} className="font-normal text-sm">
            Show “Powered by Medea”
          </Label>
        </div>
      </Section>
    </>
  );
}

interface ChoiceProps<T extends string> {
  value: T;
  onChange: (value: T) => void;
  disabled: boolean;
  options: [T, string][];
}

function Choice<T extends string>({ value, onChange, disabled, options }: ChoiceProps<T>) {
  return (
    <Select value={value} onValueChange={(next) => onChange(next as T)} disabled={disabled}>
      <SelectTrigger className="w-full">
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {options.map(([key, label]) => (
          <SelectItem key={key} value={key}>
            {label}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
