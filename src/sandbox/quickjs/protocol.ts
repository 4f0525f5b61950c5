// What the parent asks of a child and what it answers, one test at a time. No expected output is among it, save in assert mode, where the tests
// run in an instance of their own. The child's word is checked (readAnswer): its frames come from the process that runs the programs.
import { type End, isEnd, type Limits, type Value } from '../backend.ts';
import { type Fields, isFields } from '../bwrap/messages.ts';
import { isValue, isValues } from '../bwrap/values.ts';

export type Request = { readonly id: number; readonly program: string; readonly limits: Limits } & (
  | { readonly mode: 'stdio'; readonly input: string }
  | { readonly mode: 'call'; readonly fn: string; readonly args: readonly Value[] }
  | {
      readonly mode: 'assert';
      readonly setup: string;
      readonly asserts: readonly string[];
      readonly names: readonly string[] | null;
    }
);

export interface Seen {
  readonly end: End;
  readonly detail: string;
  /** Base64: escaped as text it could outgrow a frame. */
  readonly stdout: string;
  readonly stderr: string;
  readonly value?: Value;
  readonly argumentsAfter?: readonly Value[];
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Answer {
  readonly id: number;
  /** One for a test of stdio or call, one for each assert that was run. */
  readonly seen: readonly Seen[];
  /** The tests cannot be run this way, whatever the program. */
  readonly unsupported: string | null;
  /** Bytes: the parent replaces a child that has grown. */
  readonly resident: number;
}

const isSeen = (s: unknown): s is Seen =>
  isFields(s) &&
  isEnd(s.end) &&
  [s.detail, s.stdout, s.stderr].every(text => typeof text === 'string') &&
  [s.wallMs, s.cpuMs].every(n => typeof n === 'number' && n >= 0) &&
  (s.value === undefined || isValue(s.value)) &&
  (s.argumentsAfter === undefined || isValues(s.argumentsAfter));

/** null for anything but the answer to this request. */
export function readAnswer(text: string, id: number): Answer | null {
  const message = parsed(text);
  if (!message || message.id !== id || typeof message.resident !== 'number' || !Array.isArray(message.seen)) return null;
  const { seen, unsupported, resident } = message;
  if (!seen.every(isSeen) || !(unsupported === null || typeof unsupported === 'string')) return null;
  return { id, seen, unsupported, resident };
}

function parsed(text: string): Fields | null {
  try {
    const message: unknown = JSON.parse(text);
    return isFields(message) ? message : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
