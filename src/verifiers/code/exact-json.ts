// A reader of JSON that loses nothing: integers of any length, the difference between 1 and 1.0, the order of keys, keys that come twice (the last one
// counts, at the first one's place). Gives Values, as they cross into a sandbox. Also NaN, Infinity and -Infinity, which Python's json writes.
import type { Value } from '../../sandbox/backend.ts';
import { hexOfFloat } from '../../sandbox/hex-float.ts';

const DEEPEST = 500;

/** A text that is no JSON; `at` is where it stops being it. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  constructor(message: string, at: number) {
    super(`${message} at position ${at}`);
  }
}

const BLANKS = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /true|false|null|NaN|-?Infinity/y;

const WORDS: Readonly<Record<string, Value>> = {
  true: true,
  false: false,
  null: null,
  NaN: { t: 'float', v: 'nan' },
  Infinity: { t: 'float', v: 'inf' },
  '-Infinity': { t: 'float', v: '-inf' },
};

/** Throws JsonError. */
export function readExactJson(text: string): Value {
  const reader = new Reader(text.startsWith('\uFEFF') ? text.slice(1) : text);
  return reader.document();
}

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): Value {
    const value = this.value(0);
    this.blanks();
    if (this.at < this.text.length) throw this.unexpected();
    return value;
  }

  private value(depth: number): Value {
    if (depth > DEEPEST) throw new JsonError(`nested deeper than ${DEEPEST}`, this.at);
    this.blanks();
    switch (this.text[this.at]) {
      case '[':
        return { t: 'list', v: this.items(']', () => this.value(depth + 1)) };
      case '{':
        return { t: 'dict', v: [...new Map(this.items('}', () => this.pair(depth + 1)))] };
      case '"':
        return this.string();
      default:
        return this.wordOrNumber();
    }
  }

  private items<T>(close: ']' | '}', item: () => T): T[] {
    this.at++;
    const items: T[] = [];
    this.blanks();
    if (this.take(close)) return items;
    for (;;) {
      items.push(item());
      this.blanks();
      if (this.take(close)) return items;
      if (!this.take(',')) throw this.unexpected();
    }
  }

  private pair(depth: number): readonly [string, Value] {
    this.blanks();
    const key = this.string();
    this.blanks();
    if (!this.take(':')) throw this.unexpected();
    return [key, this.value(depth)];
  }

  /** A regular expression for the whole of it would overflow its stack on a test of some megabytes. */
  private string(): string {
    if (this.text[this.at] !== '"') throw this.unexpected();
    let end = this.at;
    do end = this.text.indexOf('"', end + 1);
    while (end > 0 && this.isEscaped(end));
    if (end < 0) throw new JsonError('a text that does not end', this.at);
    const raw = this.text.slice(this.at, end + 1);
    try {
      const text: unknown = JSON.parse(raw);
      this.at = end + 1;
      return String(text);
    } catch (error) {
      if (error instanceof SyntaxError) throw new JsonError('a text that is none', this.at);
      throw error;
    }
  }

  /** After an odd number of backslashes. */
  private isEscaped(at: number): boolean {
    let before = at;
    while (this.text[before - 1] === '\\') before--;
    return (at - before) % 2 === 1;
  }

  private wordOrNumber(): Value {
    const word = this.match(WORD)?.[0];
    if (word !== undefined) return WORDS[word]!;
    const number = this.match(NUMBER);
    if (!number) throw this.unexpected();
    const [text, fraction, exponent] = number;
    if (fraction === undefined && exponent === undefined) return { t: 'int', v: text === '-0' ? '0' : text };
    return { t: 'float', v: hexOfFloat(Number(text)) };
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private blanks(): void {
    this.match(BLANKS);
  }

  private unexpected(): JsonError {
    const found = this.text[this.at];
    return new JsonError(found === undefined ? 'the text ends too early' : `unexpected ${JSON.stringify(found)}`, this.at);
  }
}
