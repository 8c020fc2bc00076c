/** The one queue of uploads of this page. */
import { toast } from "@medea/ui";
import { api } from "@/lib/api";
import { queryClient } from "@/lib/query-client";
import { baseQuery, knowledgeKey } from "../queries";
import { UploadQueue } from "./upload-queue";

export const uploads = new UploadQueue(
  async (baseId, file, options) => {
    const document = await api.knowledge.addFile(baseId, file, options);
    if (document.is_duplicate) {
      toast.info(`“${file.name}” is here already, as “${document.name}”`);
    }
    return document;
  },
  (baseId) => {
    void queryClient.invalidateQueries({ queryKey: baseQuery(baseId).queryKey });
    void queryClient.invalidateQueries({ queryKey: [...knowledgeKey, "bases"] });
    void queryClient.invalidateQueries({ queryKey: [...knowledgeKey, "usage"] });
  },
);

// Leaving the site stops what is still on its way.
addEventListener("beforeunload", (event) => {
  if (uploads.getState().some(({ state }) => state !== "failed")) event.preventDefault();
});
