// What happens in a run, as it happens. events.jsonl is the only file beside summary.json that knows the time. It may be read while it grows; it is
// never read to go on with a run (the other files are), so a line lost in a power cut costs nothing but a line.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import type { Interval } from '../metrics/evaluation.ts';
import type { SandboxInUse } from '../verifiers/verdict.ts';
import { cutHalfLine } from './jsonl.ts';
import type { Phase } from './layout.ts';
import { storeError } from './storing.ts';

export type { SandboxInUse };

/** A piece of work a display can count on: sampling has completions (at most), fitting has epochs (at most). */
export interface Stage {
  readonly policy: string;
  readonly phase: Phase | 'fit';
  readonly completions?: number;
  readonly epochs?: number;
}

export type RunEvent =
  /** A session begins: the first, or one that goes on. `stages`: all work of the run in order, D_val's samples left out. */
  | { readonly kind: 'start'; readonly resumed: boolean; readonly run: string; readonly stages: readonly Stage[] }
  /** Where this session runs the programs it judges, and what holds them; absent where a task runs none. */
  | ({ readonly kind: 'sandbox' } & SandboxInUse)
  /** Something a person should hear: a stale lock, a wave thrown away, nothing correct. */
  | { readonly kind: 'note'; readonly message: string }
  /** Work begins on a stage; `done` completions of it were there already. */
  | { readonly kind: 'stage'; readonly policy: string; readonly phase: Phase | 'fit'; readonly done: number; readonly of: number }
  /** Within a wave, for displays; passed on but not written. */
  | {
      readonly kind: 'progress';
      readonly policy: string;
      readonly phase: Phase;
      /** Completions and tokens of the present wave so far. */
      readonly completions: number;
      readonly tokens: number;
      readonly done: number;
      readonly of: number;
      readonly seconds: number;
    }
  /** A wave is on the disk. Counts are of this wave, `done` and `of` completions and `solved` problems of the whole stage. */
  | {
      readonly kind: 'wave';
      readonly policy: string;
      readonly phase: Phase;
      readonly completions: number;
      readonly tokens: number;
      readonly seconds: number;
      readonly correct: number;
      readonly failed: number;
      readonly done: number;
      readonly of: number;
      /** Problems with at least one correct sample, among `problems` asked so far. */
      readonly solved: number;
      readonly problems: number;
    }
  | {
      readonly kind: 'selected';
      readonly policy: string;
      readonly samples: number;
      readonly correct: number;
      readonly kept: number;
      readonly solved: number;
      readonly problems: number;
      /** Which mini-batch of the iteration this was, from 1; absent where there is one. */
      readonly batch?: number;
    }
  | {
      readonly kind: 'step';
      readonly policy: string;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly grad_norm: number;
      readonly learning_rate: number;
      readonly tokens: number;
    }
  | {
      readonly kind: 'epoch';
      readonly policy: string;
      readonly epoch: number;
      readonly epochs: number;
      readonly loss: number;
      readonly tokens: number;
      readonly seconds: number;
      /** Mean greedy reward on D_val; null without D_val. */
      readonly validation: number | null;
      readonly kept: boolean;
    }
  | { readonly kind: 'checkpoint'; readonly policy: string; readonly dir: string; readonly epoch: number }
  | {
      readonly kind: 'evaluated';
      readonly policy: string;
      readonly split: 'train' | 'test';
      readonly problems: number;
      readonly greedy: Interval | null;
      readonly failed: number;
    }
  /** dynamics.json is there: the bound after the M-step on either split and KL from the base, in nats; null where it cannot be known. */
  | {
      readonly kind: 'dynamics';
      readonly policy: string;
      readonly train: number | null;
      readonly held_out: number | null;
      readonly kl: number | null;
      readonly seconds: number;
    }
  /** A session ends; a session without this line was killed. */
  | { readonly kind: 'end'; readonly reason: 'finished' | 'interrupted' | 'failed'; readonly message: string };

/** An event with its time, ISO 8601: a line of events.jsonl. */
export type TimedEvent = RunEvent & { readonly time: string };

/** Milliseconds since 1970; Date.now in earnest, a counter in tests. */
export type Clock = () => number;

export interface EventLog {
  /** Throws StoreError when the disk is full. A step or progress never throws (an engine is calling): the next other event does. */
  append(event: TimedEvent): void;
  close(): void;
}

const UNWRITTEN: ReadonlySet<RunEvent['kind']> = new Set(['progress']);
/** Too many to force each to the disk. */
const UNSYNCED: ReadonlySet<RunEvent['kind']> = new Set(['progress', 'step']);

/** Opens events.jsonl to append; tells `onCut` when the last line was half-written and is cut off. Closed by its opener. */
export async function openEventLog(file: string, onCut: (bytes: number) => void): Promise<EventLog> {
  const cut = await cutHalfLine(file);
  if (cut > 0) onCut(cut);
  const fd = openSync(file, 'a');
  let broken: unknown;
  const append = (event: TimedEvent): void => {
    if (UNWRITTEN.has(event.kind)) return;
    try {
      if (broken !== undefined) throw broken; // nothing may follow a half line: it would no longer be the last one
      writeLine(fd, `${JSON.stringify(event)}\n`);
      if (!UNSYNCED.has(event.kind)) fdatasyncSync(fd);
    } catch (cause) {
      broken = cause;
      if (!UNSYNCED.has(event.kind)) throw storeError(`writing ${file}`, cause);
    }
  };
  return { append, close: () => closeSync(fd) };
}

/** A disk that is nearly full takes a part of a line without an error; the next try to write the rest has the error. */
function writeLine(fd: number, line: string): void {
  const bytes = Buffer.from(line);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
