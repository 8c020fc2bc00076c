import { CodeBlock, SegmentedList, SegmentedTrigger, Tabs, TabsContent } from "@medea/ui";
import type { Snippet } from "./snippets";

export interface SnippetTabsProps {
  label: string;
  snippets: Snippet[];
}

/** The same thing in several languages. */
export function SnippetTabs({ label, snippets }: SnippetTabsProps) {
  return (
    <Tabs defaultValue={snippets[0]?.id ?? ""} className="min-w-0 gap-3">
      <SegmentedList aria-label={label}>
        {snippets.map(({ id, label: name }) => (
          <SegmentedTrigger key={id} value={id}>
            {name}
          </SegmentedTrigger>
        ))}
      </SegmentedList>
      {snippets.map(({ id, label: name, language, code }) => (
        <TabsContent key={id} value={id}>
          <CodeBlock code={code} language={language} label={`${name} code`} />
        </TabsContent>
      ))}
    </Tabs>
  );
}
