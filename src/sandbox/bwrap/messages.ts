// What a worker says, checked before anybody believes it. The sessions are ours, so a message out of form means that something is broken (a fault of
// the worker); what a candidate says travels inside `frame` as text and is checked in answers.ts, where a fault is the candidate's.

/** What was used and written since the last message about this test. */
export interface Usage {
  /** Seconds since the test began. */
  readonly cpu: number;
  readonly wall: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export const HOWS = ['exited', 'cpu', 'wall', 'output', 'memory', 'protocol', 'ended', 'setup'] as const;

/** The end of a test as the session saw it. */
export interface Observed extends Usage {
  readonly op: 'observed';
  readonly how: (typeof HOWS)[number];
  /** An exit status, or minus the signal. */
  readonly code: number;
}

/** One frame of the test child, unread. */
export interface ChildFrame extends Usage {
  readonly op: 'frame';
  readonly frame: string;
}

export type Message =
  | { readonly op: 'ready'; readonly python: string }
  | { readonly op: 'opened' }
  | { readonly op: 'closed'; readonly status: number }
  | { readonly op: 'broken'; readonly detail: string }
  | ChildFrame
  | Observed;

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function usageOf({ cpu, wall, stdout, stderr }: Fields): Usage | null {
  if (typeof cpu !== 'number' || typeof wall !== 'number' || typeof stdout !== 'string' || typeof stderr !== 'string') return null;
  return { cpu, wall, stdout: Buffer.from(stdout, 'base64'), stderr };
}

function observed(m: Fields): Observed | null {
  const usage = usageOf(m);
  const how = HOWS.find(name => name === m.how);
  return usage && how && typeof m.code === 'number' ? { op: 'observed', how, code: m.code, ...usage } : null;
}

function childFrame(m: Fields): ChildFrame | null {
  const usage = usageOf(m);
  return usage && typeof m.frame === 'string' ? { op: 'frame', frame: Buffer.from(m.frame, 'base64').toString(), ...usage } : null;
}

const READERS: Readonly<Record<Message['op'], (message: Fields) => Message | null>> = {
  ready: m => (typeof m.python === 'string' ? { op: 'ready', python: m.python } : null),
  opened: () => ({ op: 'opened' }),
  closed: m => (typeof m.status === 'number' ? { op: 'closed', status: m.status } : null),
  broken: m => (typeof m.detail === 'string' ? { op: 'broken', detail: m.detail } : null),
  frame: childFrame,
  observed,
};

const isOp = (op: unknown): op is Message['op'] => typeof op === 'string' && Object.hasOwn(READERS, op);

/** Null for anything that is not a message. */
export function readMessage(text: string): Message | null {
  const value = parsed(text);
  return isFields(value) && isOp(value.op) ? READERS[value.op](value) : null;
}

/** Undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError) return undefined;
    throw cause;
  }
}
