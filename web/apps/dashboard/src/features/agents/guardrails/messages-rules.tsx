import { FormField, Input } from "@medea/ui";
import { Section } from "../editor/section";
import { ListField } from "./list-field";
import { PatternRows } from "./pattern-rows";
import { ReplyField } from "./reply-field";
import { RuleSwitch } from "./rule-switch";
import { useRules } from "./use-rules";

const numberOf = (text: string): number | null => {
  const value = Number.parseInt(text, 10);
  return Number.isFinite(value) && value > 0 ? value : null;
};

/** How much a visitor may say. */
export function MessageLimits() {
  const { rules, change, canWrite, errorOf } = useRules("input");
  return (
    <Section
      title="Length and pace of messages"
      description="Long pastes and floods cost money. Empty: only the limits of this installation."
    >
      <div className="grid max-w-xl gap-5 sm:grid-cols-2">
        <FormField label="Characters at most" optional error={errorOf("max_chars")}>
          <Input
            type="number"
            inputMode="numeric"
            min={1}
            max={32000}
            placeholder="4000"
            readOnly={!canWrite}
            value={rules.max_chars ?? ""}
            onChange={(event) => change({ max_chars: numberOf(event.target.value) })}
          />
        </FormField>
        <FormField label="Messages in a minute" optional error={errorOf("per_minute")}>
          <Input
            type="number"
            inputMode="numeric"
            min={1}
            max={600}
            placeholder="20"
            readOnly={!canWrite}
            value={rules.per_minute ?? ""}
            onChange={(event) => change({ per_minute: numberOf(event.target.value) })}
          />
        </FormField>
      </div>
      {rules.max_chars === null ? null : (
        <ReplyField
          label="Answer to a message that is too long"
          value={rules.reply}
          readOnly={!canWrite}
          error={errorOf("reply")}
          onChange={(reply) => change({ reply })}
        />
      )}
    </Section>
  );
}

/** Words and patterns that must not come up. */
export function BlockedWords() {
  const { rules, change, canWrite, errorOf } = useRules("blocked");
  const isOn = rules.terms.length + rules.patterns.length > 0;
  return (
    <Section
      title="Blocked words and patterns"
      description="A message that holds one is answered without asking the model. An answer goes out sentence by sentence, and stops before the one that holds it."
    >
      <ListField
        label="Words and phrases"
        hint="One in each line; whole words, upper and lower case alike."
        placeholder={"Project Falcon\ncompetitor"}
        value={rules.terms}
        readOnly={!canWrite}
        error={errorOf("terms")}
        onChange={(terms) => change({ terms })}
      />
      <PatternRows
        legend="Patterns"
        hint="Regular expressions in RE2's syntax, looked for in each sentence."
        most={20}
        value={rules.patterns}
        readOnly={!canWrite}
        error={errorOf("patterns")}
        onChange={(patterns) => change({ patterns })}
      />
      {isOn ? (
        <>
          <RuleSwitch
            label="In messages of visitors"
            checked={rules.in_prompts}
            disabled={!canWrite}
            onChange={(in_prompts) => change({ in_prompts })}
          />
          {rules.in_prompts ? (
            <ReplyField
              label="Answer to such a message"
              value={rules.reply}
              readOnly={!canWrite}
              error={errorOf("reply")}
              onChange={(reply) => change({ reply })}
            />
          ) : null}
          <RuleSwitch
            label="In answers"
            checked={rules.in_answers}
            disabled={!canWrite}
            onChange={(in_answers) => change({ in_answers })}
          />
          {rules.in_answers ? (
            <ReplyField
              label="Instead of the rest of such an answer"
              value={rules.replacement}
              readOnly={!canWrite}
              error={errorOf("replacement")}
              onChange={(replacement) => change({ replacement })}
            />
          ) : null}
        </>
      ) : null}
    </Section>
  );
}
