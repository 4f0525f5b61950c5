// A world small enough for tests of the loop: sums of two digits, and a scripted policy that knows a sum it was trained on, guesses others, and is
// wrong more often the larger they are. Everything is real but the model. No tests in here: it is called .test.ts to stay out of the package.
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Method } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import { type Question, type Script, scriptedPolicy } from '../policy/scripted.ts';
import { rngOf } from '../random.ts';
import type { TimedEvent } from '../runs/events.ts';
import type { Problem, Split, Task } from '../tasks/task.ts';
import { correct, incorrect, unparsable } from '../verifiers/verdict.ts';
import type { Plan } from './plan.ts';
import { run } from './run.ts';

const sums = (split: Split, count: number): Problem[] =>
  Array.from({ length: count }, (_, i) => {
    const [a, b] = split === 'train' ? [i, (i * 7) % 10] : [(i * 3) % 10, i + 1];
    const answer = `${a + b}`;
    return { id: `${split}-${i}`, question: `${a} + ${b} =`, reference: answer, solution: ` ${answer}`, level: `${1 + (i % 2)}` };
  });

export const toyTask: Task = {
  name: 'sums',
  problems: async split => sums(split, split === 'train' ? 24 : 10),
  prompts: {
    train: ({ question }) => ({ kind: 'text', text: question }),
    hint: ({ question, reference }) => ({ kind: 'text', text: `${question} (${reference})` }),
  },
  stop: ['\n'],
  maxTokens: 12,
  verify: ({ reference }, completion) => {
    const said = completion.trim();
    if (!/^\d+$/.test(said)) return unparsable('no number');
    return said === reference ? correct(said, 'equal') : incorrect(said, `not ${reference}`);
  },
};

/** A guess near the sum; the more the policy was trained on, the nearer. */
export function toyAnswer({ prompt, seed, temperature, weights }: Question): string {
  const [a = 0, b = 0] = (prompt.match(/\d+/g) ?? []).map(Number);
  const known = weights.learned[prompt]?.[0];
  if (known !== undefined && temperature === 0) return known;
  const rng = rngOf(seed);
  const spread = Object.keys(weights.learned).length > 0 ? 2 : 4;
  return rng.next() < 0.05 ? ' no idea' : ` ${a + b + rng.below(spread)}`;
}

export const toyMethod: Method = {
  ...METHODS['rest-em'],
  propose: { kind: 'sample', samplesPerProblem: 6, temperature: 0.7, topK: 40, topP: 1 },
  weigh: { kind: 'correct', keepPerProblem: 2 },
  iterations: 2,
};

/** Methods that go other ways through the loop: mini-batches with a memory, several fits on the same samples, a second asking with a hint. */
export const toyFamily = {
  iml: {
    ...METHODS.iml,
    propose: { kind: 'sample', samplesPerProblem: 2, temperature: 0.7, topK: 40, topP: 1 },
    batchProblems: 8,
    iterations: 2,
  },
  rest: { ...METHODS.rest, propose: toyMethod.propose, weigh: { kind: 'above', thresholds: [0, 0.5] }, iterations: 2 },
  star: { ...METHODS.star, iterations: 3, steps: { first: 4, growth: 1.5 }, patience: 2 },
} as const satisfies Record<string, Method>;

/** A run of a fraction of a second: 20 training problems, 4 for D_val, two iterations and two arms. */
export const toyPlan = (dir: string, changes: Partial<Plan> = {}): Plan => ({
  name: 'toy',
  dir,
  seed: 7,
  model: 'toy-base',
  task: toyTask,
  method: toyMethod,
  arms: [METHODS.sft, METHODS.random],
  problems: { train: null, test: null },
  validation: 1 / 6,
  fit: {
    ...{ learningRate: 1e-3, epochs: 3, batchSize: 8, warmup: 0, schedule: 'constant', weightDecay: 0 },
    ...{ clip: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, reduction: 'token-mean' },
  },
  evaluation: { samples: 4, temperature: 1, topK: 0, topP: 0.95, ks: [1, 4], trainProblems: 6, dynamics: 5 },
  maxTokens: 12,
  waveCompletions: 12,
  config: { task: 'sums', seed: 7, method: { iterations: 2 } },
  ...changes,
});

/** What may not depend on what happened on the way: every file of a run that knows no times, by name. */
export async function finalBytes(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = entries.filter(entry => entry.isFile() && entry.name !== 'events.jsonl').map(entry => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(names.sort().map(async name => [name.slice(dir.length), await readFile(name, 'utf8')] as const)),
  );
}

export const newDir = async () => join(await mkdtemp(join(tmpdir(), 'rest-em-')), 'run');
export const json = async <T>(...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8')) as T;
export const rows = async <T>(...path: string[]) =>
  (await readFile(join(...path), 'utf8'))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as T);

export type StopAt = (event: TimedEvent, index: number) => boolean;

/** Runs a plan; events are kept, and `stopAt` raises the signal at the first event it is true of. `result` is the error where one was thrown. */
export async function runToy(plan: Plan, { script = toyAnswer, stopAt = () => false }: { script?: Script; stopAt?: StopAt } = {}) {
  const policy = scriptedPolicy(script);
  const stop = new AbortController();
  const events: TimedEvent[] = [];
  let now = 0;
  const onEvent = (event: TimedEvent) => {
    events.push(event);
    if (stopAt(event, events.length - 1)) stop.abort();
  };
  const result = await run(plan, policy, { clock: () => (now += 10), signal: stop.signal, onEvent }).catch((error: unknown) => error);
  return { policy, events, result };
}
