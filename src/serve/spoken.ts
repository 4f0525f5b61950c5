// What of a completion can be said while it is under way: nothing that a stop string might still take back, no half of a character. At the end the rest of
// the text as the engine cut it, so that what was streamed is what would have been answered at once.
import { createTextStream, type TextStream } from '../engine/tokenizer/incremental.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';

/** How many of the last characters could be the beginning of a stop string. */
function heldBack(text: string, stops: readonly string[]): number {
  let held = 0;
  for (const stop of stops) {
    for (let n = Math.min(stop.length - 1, text.length); n > held; n--) {
      if (!text.endsWith(stop.slice(0, n))) continue;
      held = n;
      break;
    }
  }
  return held;
}

export class Spoken {
  private readonly stream: TextStream;
  private readonly stops: readonly string[];
  private readonly endIds: readonly number[];
  private readonly longest: number;
  private said = 0;
  private whole = '';

  constructor(tokenizer: Tokenizer, stops: readonly string[]) {
    this.stream = createTextStream(tokenizer, { skipSpecial: true });
    this.stops = stops;
    this.endIds = tokenizer.eosIds;
    this.longest = stops.reduce((n, s) => Math.max(n, s.length), 0);
  }

  /** Characters of the text before the next token's. */
  get length(): number {
    return this.whole.length;
  }

  /** What can be said after this token. */
  push(token: number): string {
    if (this.endIds.includes(token)) return '';
    this.whole += this.stream.push(token);
    // Before what has been said no stop string begins: it would have been held back.
    const stopsAt = this.stops.map(s => this.whole.indexOf(s, Math.max(0, this.said - this.longest))).filter(i => i >= 0);
    return this.say(Math.min(this.whole.length - heldBack(this.whole, this.stops), ...stopsAt));
  }

  private say(until: number): string {
    if (until <= this.said) return '';
    const piece = this.whole.slice(this.said, until);
    this.said = until;
    return piece;
  }

  /** The rest of the text that was cut and kept. */
  finish(text: string): string {
    return text.slice(this.said);
  }
}
