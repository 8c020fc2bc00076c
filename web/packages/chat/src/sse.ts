/** One dispatched server-sent event. `id` is the last event id in force when it was dispatched. */
export interface SseEvent {
  event: string;
  data: string;
  id: string;
}

/**
 * Incremental decoder of `text/event-stream` (WHATWG HTML, section 9.2.6).
 *
 * Bytes may be cut anywhere: inside a UTF-8 sequence, between the CR and the LF of one line end, in
 * the middle of a field name. An event that was not finished by a blank line is never dispatched and
 * never moves `lastEventId`, so resuming after `lastEventId` neither loses nor doubles a frame.
 */
export class SseDecoder {
  /** Id of the last event dispatched completely; what to send as `Last-Event-ID`. */
  lastEventId: string;
  /** Reconnection time asked for by the server, in milliseconds, if it named one. */
  retry: number | undefined;

  private readonly text = new TextDecoder("utf-8");
  private line = "";
  private afterCarriageReturn = false;
  private data: string[] = [];
  private event = "";
  private pendingId: string;

  constructor(lastEventId = "") {
    this.lastEventId = lastEventId;
    this.pendingId = lastEventId;
  }

  /** Take the next bytes and return the events they complete, in order. */
  push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    let rest = this.text.decode(bytes, { stream: true });
    if (this.afterCarriageReturn && rest !== "") {
      if (rest.startsWith("\n")) rest = rest.slice(1);
      this.afterCarriageReturn = false;
    }
    let from = 0;
    for (let at = 0; at < rest.length; at++) {
      const code = rest.charCodeAt(at);
      if (code !== 10 && code !== 13) continue;
      this.endLine(this.line + rest.slice(from, at), events);
      this.line = "";
      if (code === 13) {
        if (at + 1 === rest.length) this.afterCarriageReturn = true;
        else if (rest.charCodeAt(at + 1) === 10) at++;
      }
      from = at + 1;
    }
    this.line += rest.slice(from);
    return events;
  }

  private endLine(line: string, events: SseEvent[]): void {
    if (line === "") {
      this.dispatch(events);
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return; // A comment: the server's heartbeat.
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.pendingId = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retry = Number(value);
  }

  private dispatch(events: SseEvent[]): void {
    this.lastEventId = this.pendingId;
    if (this.data.length > 0) {
      events.push({
        event: this.event || "message",
        data: this.data.join("\n"),
        id: this.lastEventId,
      });
    }
    this.data = [];
    this.event = "";
  }
}
