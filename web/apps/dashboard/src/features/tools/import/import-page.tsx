import type { ImportedTool } from "@medea/api";
import { Card, PageHeader } from "@medea/ui";
import { useState } from "react";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { ToolsLink } from "../tools-link";
import { DocumentForm, type ReadDocument } from "./document-form";
import { ImportedList } from "./imported-list";
import { OperationPicker } from "./operation-picker";

/** Tools out of an OpenAPI document: the document, its operations, what was made of them. */
export function ImportPage() {
  usePageTitle("Import tools", "Tools");
  const canWrite = useCan("tools:write");
  const [read, setRead] = useState<ReadDocument | null>(null);
  const [made, setMade] = useState<ImportedTool[] | null>(null);
  return (
    <Page className="max-w-3xl">
      <PageHeader
        eyebrow={<ToolsLink />}
        title="Import tools"
        description="Each operation of an OpenAPI document can become a tool: its parameters are the arguments."
      />
      <div className="mt-6">
        {canWrite ? null : <ReadOnlyNotice what="the tools" className="mb-6" />}
        <Card className="px-5 py-5">
          {made ? <ImportedList imported={made} /> : null}
          {read && !made ? (
            <OperationPicker read={read} onBack={() => setRead(null)} onImported={setMade} />
          ) : null}
          {/* Kept while operations are chosen: who goes back finds the document as it was. */}
          <div hidden={read !== null}>
            <DocumentForm canWrite={canWrite} onRead={setRead} />
          </div>
        </Card>
      </div>
    </Page>
  );
}
