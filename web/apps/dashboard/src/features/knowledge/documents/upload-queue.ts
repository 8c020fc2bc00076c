import { type KnowledgeDocument, messageOf, type UploadOptions } from "@medea/api";
import { useSyncExternalStore } from "react";

export interface Upload {
  id: number;
  baseId: string;
  file: File;
  state: "waiting" | "sending" | "failed";
  /** Sent so far, 0 to 1. */
  share: number;
  error: string | null;
}

type Send = (baseId: string, file: File, options: UploadOptions) => Promise<KnowledgeDocument>;
type Arrived = (baseId: string, document: KnowledgeDocument) => void;

/** How many files are on their way at once: the others wait, so that the first are soon readable. */
const AT_ONCE = 3;

/**
 * Files on their way to the server. It outlives the page that began it: one may look around meanwhile.
 *
 * Each file is a request of its own, so that a refused one refuses no other.
 */
export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private next = 1;
  private readonly aborts = new Map<number, AbortController>();
  private readonly listeners = new Set<() => void>();
  private readonly send: Send;
  private readonly arrived: Arrived;

  constructor(send: Send, arrived: Arrived) {
    this.send = send;
    this.arrived = arrived;
  }

  readonly getState = (): readonly Upload[] => this.uploads;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(baseId: string, files: Iterable<File>): void {
    const added = [...files].map(
      (file): Upload => ({
        id: this.next++,
        baseId,
        file,
        state: "waiting",
        share: 0,
        error: null,
      }),
    );
    this.set([...this.uploads, ...added]);
    this.work();
  }

  retry(id: number): void {
    this.change(id, { state: "waiting", share: 0, error: null });
    this.work();
  }

  /** Take a file off the list; one on its way is stopped. */
  remove(id: number): void {
    this.aborts.get(id)?.abort();
    this.set(this.uploads.filter((upload) => upload.id !== id));
  }

  private work(): void {
    const sending = this.uploads.filter((upload) => upload.state === "sending").length;
    const waiting = this.uploads.filter((upload) => upload.state === "waiting");
    for (const upload of waiting.slice(0, Math.max(0, AT_ONCE - sending))) void this.run(upload);
  }

  private async run({ id, baseId, file }: Upload): Promise<void> {
    const abort = new AbortController();
    this.aborts.set(id, abort);
    this.change(id, { state: "sending" });
    try {
      const onProgress = (share: number) => this.change(id, { share });
      const document = await this.send(baseId, file, { onProgress, signal: abort.signal });
      this.set(this.uploads.filter((upload) => upload.id !== id));
      this.arrived(baseId, document);
    } catch (error) {
      // A stopped one is off the list already.
      this.change(id, { state: "failed", error: messageOf(error) });
    } finally {
      this.aborts.delete(id);
      this.work();
    }
  }

  private change(id: number, values: Partial<Upload>): void {
    this.set(this.uploads.map((upload) => (upload.id === id ? { ...upload, ...values } : upload)));
  }

  private set(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}

export function useUploads(queue: UploadQueue, baseId: string): Upload[] {
  const uploads = useSyncExternalStore(queue.subscribe, queue.getState);
  return uploads.filter((upload) => upload.baseId === baseId);
}
