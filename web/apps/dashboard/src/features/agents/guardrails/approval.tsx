import {
  FormField,
  Input,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@medea/ui";
import { Section } from "../editor/section";
import { ReplyField } from "./reply-field";
import { RuleSwitch } from "./rule-switch";
import { useRules } from "./use-rules";

const ANSWERS = {
  off: "No: answers are shown as they come",
  flagged: "Answers that hold a blocked word or pattern",
  unsupported: "These, and answers that the documents do not support",
  all: "Every answer",
} as const;

type Answers = keyof typeof ANSWERS;

/** What a person is asked before: the visitor, or somebody of the company. */
export function Approval() {
  const { rules, change, canWrite, errorOf } = useRules("approval");
  return (
    <Section
      title="Approval"
      description="An answer that is held waits under Conversations until somebody has looked at it. The visitor reads that a colleague is checking it."
    >
      <RuleSwitch
        label="Ask the visitor before every call that has effects"
        hint="Whatever is set with the tool: tools that only read are called without asking."
        checked={rules.unsafe_tools}
        disabled={!canWrite}
        onChange={(unsafe_tools) => change({ unsafe_tools })}
      />
      <FormField
        label="Somebody of yours looks at answers first"
        error={errorOf("answers")}
        className="max-w-md"
      >
        <Select
          value={rules.answers}
          disabled={!canWrite}
          onValueChange={(answers) => change({ answers: answers as Answers })}
        >
          <SelectTrigger>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {Object.entries(ANSWERS).map(([value, label]) => (
              <SelectItem key={value} value={value}>
                {label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </FormField>
      {rules.answers === "off" ? null : (
        <>
          <RuleSwitch
            label="Tell by mail that an answer waits"
            hint="Owners, admins and editors get a mail when nobody has looked at it within a minute; at most one every five to fifteen minutes."
            checked={rules.by_mail}
            disabled={!canWrite}
            onChange={(by_mail) => change({ by_mail })}
          />
          <FormField
            label="Minutes that a visitor waits at most"
            error={errorOf("minutes")}
            className="max-w-xs"
          >
            <Input
              type="number"
              inputMode="numeric"
              min={1}
              max={1440}
              readOnly={!canWrite}
              value={rules.minutes}
              onChange={(event) =>
                change({ minutes: Number.parseInt(event.target.value, 10) || 1 })
              }
            />
          </FormField>
          <ReplyField
            label="Instead of an answer that is declined, or that nobody looked at in time"
            value={rules.replacement}
            readOnly={!canWrite}
            error={errorOf("replacement")}
            onChange={(replacement) => change({ replacement })}
          />
        </>
      )}
    </Section>
  );
}
