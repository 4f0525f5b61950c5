// How much is let in: completions under way and waiting, counted together. What is already in is answered; what comes beyond is asked to come again.
import { Problem } from './problem.ts';

export class Admission {
  private readonly limit: number;
  private readonly rows: number;
  private count = 0;

  /** `rows` under way at a time, `queue` more waiting. */
  constructor(rows: number, queue: number) {
    this.rows = rows;
    this.limit = rows + queue;
  }

  /** Completions that are in. */
  get inside(): number {
    return this.count;
  }

  /** Lets `completions` in and gives the way out. A request may be larger than the room that is left, if there is any. Throws Problem 429. */
  enter(completions: number): () => void {
    if (this.count >= this.limit) {
      const seconds = Math.ceil(this.count / this.rows);
      throw new Problem(`${this.count} completions are under way or waiting, and no more can wait; come again`, {
        status: 429,
        type: 'rate_limit_error',
        code: 'queue_full',
        headers: { 'retry-after': String(seconds) },
      });
    }
    this.count += completions;
    let isOut = false;
    return () => {
      if (!isOut) this.count -= completions;
      isOut = true;
    };
  }
}
