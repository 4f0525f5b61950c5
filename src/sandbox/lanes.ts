// Lanes: a fixed number of places where something runs, one at a time in each; who comes when all are taken waits in line. A lane's owner decides
// what a lane holds; nothing is known here about processes.

interface Waiting<L> {
  readonly take: (lane: L) => void;
  readonly leave: (error: Error) => void;
}

export class Lanes<L> {
  private readonly all: readonly L[];
  private readonly free: L[];
  private readonly waiting: Waiting<L>[] = [];
  private isClosed = false;

  constructor(lanes: readonly L[]) {
    this.all = lanes;
    this.free = [...lanes];
  }

  /** Runs it in the next free lane. Rejects when `signal` is aborted before it began, or the lanes are closed. */
  async use<T>(run: (lane: L) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lane = await this.next(signal);
    try {
      return await run(lane);
    } finally {
      const next = this.waiting.shift();
      if (next) next.take(lane);
      else this.free.push(lane);
    }
  }

  /** Nobody gets a lane any more; `end` is run for each. */
  async close(end: (lane: L) => Promise<void> | undefined): Promise<void> {
    this.isClosed = true;
    for (const { leave } of this.waiting.splice(0)) leave(new Error('the sandbox is closed'));
    await Promise.all(this.all.map(end));
  }

  private next(signal?: AbortSignal): Promise<L> {
    signal?.throwIfAborted();
    if (this.isClosed) return Promise.reject(new Error('the sandbox is closed'));
    const lane = this.free.shift();
    if (lane !== undefined) return Promise.resolve(lane);
    return new Promise((resolve, reject) => {
      const waiting: Waiting<L> = {
        take: given => {
          signal?.removeEventListener('abort', aborted);
          resolve(given);
        },
        leave: reject,
      };
      const aborted = () => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', aborted, { once: true });
      this.waiting.push(waiting);
    });
  }
}
