// events.jsonl summed up: how long the run has worked, what it sampled, what each E-step found, how each M-step went. A killed session has no end
// line and a fit that was cut off is repeated, so times add up session by session and a fit's story begins anew with its first step.
import type { RunEvent, SandboxInUse, TimedEvent } from '../runs/events.ts';
import { readJsonl } from '../runs/jsonl.ts';
import { isPart, iterationOf } from '../runs/layout.ts';

export type Selected = Extract<RunEvent, { kind: 'selected' }>;
export type StepEvent = Extract<RunEvent, { kind: 'step' }>;
export type EpochEvent = Extract<RunEvent, { kind: 'epoch' }>;

/** What the E-step of a policy took: waves of its 'train' phase. */
export interface Sampling {
  readonly completions: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly failed: number;
}

export interface EventFacts {
  readonly run: string | null;
  /** 'under way' also for a session that was killed: no line tells the two apart. */
  readonly state: 'under way' | 'finished' | 'interrupted' | 'failed';
  /** Time at work, all sessions. */
  readonly seconds: number;
  /** Where programs were judged, in the order of the sessions; more than one where sessions differed, none where a task runs no programs. */
  readonly sandboxes: readonly SandboxInUse[];
  /** Tokens sampled, of every phase. */
  readonly tokens: number;
  readonly sampling: ReadonlyMap<string, Sampling>;
  /** By iteration, its mini-batches added up. */
  readonly selected: ReadonlyMap<string, Selected>;
  readonly steps: ReadonlyMap<string, readonly StepEvent[]>;
  readonly epochs: ReadonlyMap<string, readonly EpochEvent[]>;
}

interface Tally {
  run: string | null;
  state: EventFacts['state'];
  seconds: number;
  tokens: number;
  sandboxes: SandboxInUse[];
  sessionBegan: number;
  last: number;
  sampling: Map<string, Sampling>;
  /** By iteration, then by mini-batch; of several M-steps on the same samples the last. */
  selected: Map<string, Map<number, Selected>>;
  steps: Map<string, StepEvent[]>;
  epochs: Map<string, EpochEvent[]>;
}

/** Nothing happened where there is no such file. */
export async function readEvents(file: string): Promise<EventFacts> {
  const tally: Tally = {
    run: null,
    state: 'under way',
    seconds: 0,
    tokens: 0,
    sandboxes: [],
    sessionBegan: Number.NaN,
    last: Number.NaN,
    sampling: new Map(),
    selected: new Map(),
    steps: new Map(),
    epochs: new Map(),
  };
  for await (const event of readJsonl<TimedEvent>(file)) {
    const at = Date.parse(event.time);
    if (event.kind === 'start') closeSession(tally, at);
    tally.last = at;
    (ADD[event.kind] as Add<RunEvent['kind']> | undefined)?.(tally, event);
  }
  closeSession(tally, Number.NaN);
  return { ...tally, selected: new Map([...tally.selected].map(([policy, batches]) => [policy, added(policy, batches)])) };
}

function closeSession(tally: Tally, next: number): void {
  if (!Number.isNaN(tally.sessionBegan)) tally.seconds += (tally.last - tally.sessionBegan) / 1000;
  tally.sessionBegan = next;
}

type Add<K extends RunEvent['kind']> = (tally: Tally, event: Extract<RunEvent, { kind: K }>) => unknown;

const ADD: { readonly [K in RunEvent['kind']]?: Add<K> } = {
  start: (tally, { run }) => {
    tally.run = run;
    tally.state = 'under way';
  },
  sandbox: ({ sandboxes }, { backend, enforced }) => {
    if (!sandboxes.some(known => known.backend === backend)) sandboxes.push({ backend, enforced });
  },
  end: (tally, { reason }) => {
    tally.state = reason;
  },
  wave: (tally, { policy: folder, phase, completions, tokens, seconds, failed }) => {
    tally.tokens += tokens;
    if (phase !== 'train' && phase !== 'train-hinted') return;
    const policy = iterationOf(folder);
    const so = tally.sampling.get(policy) ?? { completions: 0, tokens: 0, seconds: 0, failed: 0 };
    tally.sampling.set(policy, {
      completions: so.completions + completions,
      tokens: so.tokens + tokens,
      seconds: so.seconds + seconds,
      failed: so.failed + failed,
    });
  },
  selected: (tally, event) => {
    const iteration = iterationOf(event.policy);
    const batches = tally.selected.get(iteration) ?? new Map<number, Selected>();
    tally.selected.set(iteration, batches.set(event.batch ?? 1, event));
  },
  // the fits of an iteration before its last one are not shown: what counts is what came of them
  step: (tally, event) => isPart(event.policy) || append(tally.steps, event, event.step),
  epoch: (tally, event) => isPart(event.policy) || append(tally.epochs, event, event.epoch),
};

/** An iteration's mini-batches added up. */
function added(policy: string, batches: ReadonlyMap<number, Selected>): Selected {
  const sum = (key: 'samples' | 'correct' | 'kept' | 'solved' | 'problems') =>
    [...batches.values()].reduce((n, event) => n + event[key], 0);
  return {
    kind: 'selected',
    policy,
    samples: sum('samples'),
    correct: sum('correct'),
    kept: sum('kept'),
    solved: sum('solved'),
    problems: sum('problems'),
  };
}

function append<T extends StepEvent | EpochEvent>(lists: Map<string, T[]>, event: T, number: number): void {
  const list = lists.get(event.policy);
  const last = list?.at(-1);
  const repeats = last !== undefined && number <= (last.kind === 'step' ? last.step : last.epoch);
  if (list === undefined || repeats) lists.set(event.policy, [event]);
  else list.push(event);
}
