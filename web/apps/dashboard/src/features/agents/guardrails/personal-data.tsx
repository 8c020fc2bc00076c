import type { Guardrails } from "@medea/api";
import { Checkbox, FieldGroup, Label } from "@medea/ui";
import { useId } from "react";
import { Section } from "../editor/section";
import { ListField } from "./list-field";
import { PatternRows } from "./pattern-rows";
import { RuleSwitch } from "./rule-switch";
import { useRules } from "./use-rules";

type Kind = Guardrails["pii"]["kinds"][number];

const KINDS: { kind: Kind; label: string; about: string }[] = [
  { kind: "email", label: "E-mail addresses", about: "jane@example.com" },
  { kind: "phone", label: "Phone numbers", about: "with a country code or a leading zero" },
  { kind: "card", label: "Card numbers", about: "13 to 19 digits that pass the Luhn check" },
  { kind: "iban", label: "Bank accounts", about: "IBANs with right check digits" },
];

/** What the model does not get to see of what visitors and tools say. */
export function PersonalData() {
  const { rules, change, canWrite, errorOf } = useRules("pii");
  const isOn = rules.kinds.length + rules.patterns.length > 0;
  return (
    <Section
      title="Personal data"
      description="The model sees placeholders such as [email_1] instead. Tools still get the real value, and visitors read it in answers."
    >
      <FieldGroup legend="Hide from the model">
        <div className="grid gap-3 sm:grid-cols-2">
          {KINDS.map(({ kind, label, about }) => (
            <KindBox
              key={kind}
              label={label}
              about={about}
              checked={rules.kinds.includes(kind)}
              disabled={!canWrite}
              onChange={(on) =>
                change({
                  kinds: KINDS.map((each) => each.kind).filter((each) =>
                    each === kind ? on : rules.kinds.includes(each),
                  ),
                })
              }
            />
          ))}
        </div>
      </FieldGroup>
      <PatternRows
        legend="Your own"
        hint="Customer or contract numbers, as regular expressions in RE2's syntax. The name becomes the placeholder."
        most={10}
        value={rules.patterns}
        readOnly={!canWrite}
        error={errorOf("patterns")}
        onChange={(patterns) => change({ patterns })}
      />
      {isOn ? (
        <>
          <ListField
            label="Never hide"
            hint="Your own addresses, numbers and mail domains, one in each line."
            placeholder={"example.com\nhelp@example.org"}
            value={rules.allowed}
            readOnly={!canWrite}
            error={errorOf("allowed")}
            onChange={(allowed) => change({ allowed })}
          />
          <RuleSwitch
            label="Hide it in transcripts, too"
            hint="Nobody reads it later, you included: what is kept, and shown, holds placeholders. The values exist, encrypted, only until the answer is complete."
            checked={rules.in_transcript}
            disabled={!canWrite}
            onChange={(in_transcript) => change({ in_transcript })}
          />
          <RuleSwitch
            label="Hide it in answers, too"
            hint="Data that the model says of its own accord, such as an address out of a document. What the visitor wrote themselves stays."
            checked={rules.in_answers}
            disabled={!canWrite}
            onChange={(in_answers) => change({ in_answers })}
          />
        </>
      ) : null}
    </Section>
  );
}

interface KindBoxProps {
  label: string;
  about: string;
  checked: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
}

function KindBox({ label, about, checked, disabled, onChange }: KindBoxProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <Checkbox
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={`${id}-about`}
        onCheckedChange={(on) => onChange(on === true)}
      />
      <div className="grid gap-0.5">
        <Label htmlFor={id} className="font-normal text-sm">
          {label}
        </Label>
        <p id={`${id}-about`} className="text-muted-foreground text-xs">
          {about}
        </p>
      </div>
    </div>
  );
}
