import {
  FormField,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@medea/ui";
import { Section } from "../editor/section";
import { Approval } from "./approval";
import { ListField } from "./list-field";
import { BlockedWords, MessageLimits } from "./messages-rules";
import { PersonalData } from "./personal-data";
import { ReplyField } from "./reply-field";
import { RuleSwitch } from "./rule-switch";
import { TryPanel } from "./try-panel";
import { useRules } from "./use-rules";

/** What may go into the model, and come out of it. Everything is off until it is set. */
export function GuardrailsTab() {
  return (
    <>
      <TryPanel />
      <PersonalData />
      <Topics />
      <BlockedWords />
      <MessageLimits />
      <Links />
      <Approval />
    </>
  );
}

const STRICTNESS = {
  lenient: "Lenient: refuse only what is plainly outside",
  balanced: "Balanced",
  strict: "Strict: refuse what is not clearly inside",
} as const;

type Strictness = keyof typeof STRICTNESS;

function Topics() {
  const { rules, change, canWrite, errorOf } = useRules("topics");
  const isOn = rules.allowed.length + rules.forbidden.length > 0;
  return (
    <Section
      title="Topics"
      description="The model is told what it is there for. Messages that are plainly about something else are answered politely without asking it; that check reads English, other languages are left to the model."
    >
      <ListField
        label="Talks about"
        hint="A few words each, one in each line. Empty: anything that is not ruled out below."
        placeholder={"orders, shipping and returns\nsizes and care of our shoes"}
        value={rules.allowed}
        readOnly={!canWrite}
        error={errorOf("allowed")}
        onChange={(allowed) => change({ allowed })}
      />
      <ListField
        label="Never talks about"
        hint="One in each line."
        placeholder={"medical advice\npolitics"}
        value={rules.forbidden}
        readOnly={!canWrite}
        error={errorOf("forbidden")}
        onChange={(forbidden) => change({ forbidden })}
      />
      {isOn ? (
        <>
          <FormField label="How strictly" error={errorOf("strictness")} className="max-w-md">
            <Select
              value={rules.strictness}
              disabled={!canWrite}
              onValueChange={(strictness) => change({ strictness: strictness as Strictness })}
            >
              <SelectTrigger>
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {Object.entries(STRICTNESS).map(([value, label]) => (
                  <SelectItem key={value} value={value}>
                    {label}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          </FormField>
          <ReplyField
            label="Answer to a message outside"
            value={rules.reply}
            readOnly={!canWrite}
            error={errorOf("reply")}
            onChange={(reply) => change({ reply })}
          />
        </>
      ) : null}
    </Section>
  );
}

function Links() {
  const { rules, change, canWrite, errorOf } = useRules("links");
  return (
    <Section
      title="Links and images"
      description="A text that talks a model into showing an image can carry what it knows to somebody else. Sources of answers are not affected."
    >
      <RuleSwitch
        label="Only to these hosts"
        hint="Other addresses are taken out of answers, however they are written."
        checked={rules.only_listed}
        disabled={!canWrite}
        onChange={(only_listed) => change({ only_listed })}
      />
      {rules.only_listed ? (
        <ListField
          label="Hosts"
          hint="One in each line; *.example.com is all below it. Empty: no links at all."
          placeholder={"example.com\n*.example.com"}
          value={rules.hosts}
          readOnly={!canWrite}
          error={errorOf("hosts")}
          onChange={(hosts) => change({ hosts })}
        />
      ) : null}
    </Section>
  );
}
