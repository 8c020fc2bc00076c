import { FormField, Input } from "@medea/ui";
import { useDraft } from "./draft-context";
import { PromptEditor } from "./prompt-editor";
import { Section } from "./section";

export function PromptTab() {
  const { agent, edit, canWrite, fieldError } = useDraft();
  return (
    <>
      <Section title="About">
        <div className="grid grid-cols-1 items-start gap-5 sm:grid-cols-2">
          <FormField label="Name" error={fieldError("name")}>
            <Input
              value={agent.name}
              onChange={(event) => edit({ name: event.target.value })}
              maxLength={100}
              readOnly={!canWrite}
              autoComplete="off"
            />
          </FormField>
          <FormField
            label="Description"
            optional
            hint="For your team only."
            error={fieldError("description")}
          >
            <Input
              value={agent.description}
              onChange={(event) => edit({ description: event.target.value })}
              maxLength={500}
              readOnly={!canWrite}
              autoComplete="off"
            />
          </FormField>
        </div>
      </Section>
      <Section
        title="Instructions"
        description="Who the agent is, what it should reach, how it talks, and what it must not do. The model reads this before every conversation."
      >
        <PromptEditor
          value={agent.system_prompt}
          onChange={(system_prompt) => edit({ system_prompt })}
          readOnly={!canWrite}
          error={fieldError("system_prompt")}
        />
      </Section>
    </>
  );
}
