// What has been sent to a loop and waits until the loop looks.
export class Inbox<T> {
  private waiting: T[] = [];
  private wake: (() => void) | null = null;

  push(item: T): void {
    this.waiting.push(item);
    this.wake?.();
    this.wake = null;
  }

  /** All that has come, in order. */
  take(): T[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  /** Resolves when there is something to take. */
  async some(): Promise<void> {
    if (this.waiting.length === 0) await new Promise<void>(resolve => (this.wake = resolve));
  }
}
