// The frames of test children, read with suspicion: the candidate's answers in call and assert mode, and what the tests' side asks. Anything out of
// form is null, which is a protocol error of the side that sent it; keys we do not know are ignored.
import type { Value } from '../backend.ts';
import { type Fields, isFields, parsed } from './messages.ts';
import { isValue, isValues } from './values.ts';

/** What became of one call. `id` ties it to the request in flight. */
export type Answer =
  | { readonly kind: 'value'; readonly id: number; readonly value: Value; readonly args: readonly Value[]; readonly kw: Named }
  | Raised
  | { readonly kind: 'missing'; readonly id: number };

/** `raised` is the builtin class that a test would catch it by, `type` the exception's own. */
export interface Raised {
  readonly kind: 'raised';
  readonly id: number;
  readonly raised: string;
  readonly type: string;
  readonly message: string;
  readonly args: readonly Value[];
  readonly kw: Named;
}

export type Named = Readonly<Record<string, Value>>;

/** What the tests' side says. */
export type Ask =
  | { readonly kind: 'call'; readonly id: number; readonly fn: string; readonly args: readonly Value[]; readonly kw: Named }
  | { readonly kind: 'test'; readonly index: number; readonly end: TestEnd; readonly detail: string }
  | { readonly kind: 'broken'; readonly detail: string }
  | { readonly kind: 'unsupported'; readonly detail: string };

/** How a unit of tests ended: an exception of the tests' own, or one that the program raised and nobody caught. */
export const TEST_ENDS = ['passed', 'assertion_failed', 'raised', 'program_raised', 'unsupported'] as const;
export type TestEnd = (typeof TEST_ENDS)[number];

/** Characters of an exception's class and message: inside/calls.py keeps no more, and a program can write its answers itself. */
const MESSAGE_KEPT = 500;

const isNamed = (value: unknown): value is Named => isFields(value) && Object.values(value).every(v => isValue(v));
const isName = (value: unknown): value is string => typeof value === 'string' && /^\w{1,200}$/.test(value);

function fieldsOf(frame: string): Fields | null {
  const value = parsed(frame);
  return isFields(value) ? value : null;
}

export const saysLoaded = (frame: string): boolean => fieldsOf(frame)?.loaded === true;

export function readAnswer(frame: string): Answer | null {
  const m = fieldsOf(frame);
  if (!m || typeof m.id !== 'number') return null;
  const { id, args, kw, raised, kind: type, message } = m;
  if (m.missing === true) return { kind: 'missing', id };
  if (!isValues(args) || !isNamed(kw)) return null;
  if (isName(raised) && typeof type === 'string' && typeof message === 'string')
    return { kind: 'raised', id, raised, type: type.slice(0, MESSAGE_KEPT), message: message.slice(0, MESSAGE_KEPT), args, kw };
  return isValue(m.value) ? { kind: 'value', id, value: m.value, args, kw } : null;
}

export function readAsk(frame: string): Ask | null {
  const m = fieldsOf(frame);
  if (!m) return null;
  const { call: id, fn, args, kw, test: index, detail } = m;
  if (typeof m.broken === 'string') return { kind: 'broken', detail: m.broken };
  if (typeof m.unsupported === 'string') return { kind: 'unsupported', detail: m.unsupported };
  if (typeof id === 'number' && isName(fn) && isValues(args) && isNamed(kw)) return { kind: 'call', id, fn, args, kw };
  const end = TEST_ENDS.find(name => name === m.end);
  return typeof index === 'number' && end && typeof detail === 'string' ? { kind: 'test', index, end, detail } : null;
}
