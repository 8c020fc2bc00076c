/**
 * Gather values and hand them on at most once per animation frame.
 *
 * A hidden frame gets no animation frames (the widget is closed while the answer goes on), so a timer
 * does the work when none comes. `flush` hands on at once what has gathered.
 */
export class FrameBatch<T> {
  private items: T[] = [];
  private raf = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly deliver: (items: T[]) => void;

  constructor(deliver: (items: T[]) => void) {
    this.deliver = deliver;
  }

  add(item: T): void {
    this.items.push(item);
    if (this.timer !== undefined) return;
    if (typeof requestAnimationFrame === "function") {
      this.raf = requestAnimationFrame(() => this.flush());
    }
    this.timer = setTimeout(() => this.flush(), 100);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.raf) cancelAnimationFrame(this.raf);
    this.raf = 0;
    if (this.items.length === 0) return;
    const items = this.items;
    this.items = [];
    this.deliver(items);
  }
}
