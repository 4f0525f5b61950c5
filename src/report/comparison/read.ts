// The runs of a comparison, read together: DIR/seed-S/ARM, whatever is there. An arm's figures are those of its last policy. Several seeds are put
// together problem by problem: the mean over seeds of what a problem was worth, then the mean and its interval over problems. So an interval says
// what other problems would have given; how far seeds lie apart is said beside it, seed by seed.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError } from '../../errors.ts';
import type { Evaluation } from '../../metrics/evaluation.ts';
import { readIfThere } from '../../runs/atomic.ts';
import { readJsonl } from '../../runs/jsonl.ts';
import { layoutOf } from '../../runs/layout.ts';
import { type SampleRow, sampledTokens } from '../../runs/rows.ts';
import { storing } from '../../runs/storing.ts';
import { evaluationOf } from '../compare.ts';
import { iterationOf, lastIteration } from '../policies.ts';
import { type RunFacts, readRun } from '../read-run.ts';

/** One arm with one seed: a run. */
export interface ArmRun {
  readonly arm: string;
  readonly title: string;
  readonly seed: number;
  readonly dir: string;
  readonly task: string;
  /** Tokens it was allowed to sample to learn from. */
  readonly budget: number;
  /** Tokens sampled to learn from, from the samples themselves. */
  readonly tokens: number;
  /** Sampling to learn from and fitting, without measuring; what was copied from another arm counts as if done here. */
  readonly seconds: number;
  readonly iterations: number;
  readonly state: RunFacts['events']['state'];
  readonly base: Evaluation | null;
  /** Of its last policy; null before it is measured. */
  readonly evaluation: Evaluation | null;
}

const SEED = /^seed-(\d+)$/;

/** All runs under `dir`, by seed and then in the order of the arms' names. Throws ConfigError where there is none. */
export async function readComparison(dir: string): Promise<ArmRun[]> {
  const seeds = (await foldersOf(dir)).filter(name => SEED.test(name)).sort((a, b) => seedOf(a) - seedOf(b));
  const runs: ArmRun[] = [];
  for (const folder of seeds) runs.push(...(await readSeed(join(dir, folder), seedOf(folder))));
  if (runs.length === 0) throw new ConfigError({ field: dir, message: 'is no comparison: it holds no seed-N/METHOD with a run in it' });
  return runs;
}

const seedOf = (folder: string): number => Number(SEED.exec(folder)![1]);

const foldersOf = (dir: string): Promise<string[]> =>
  storing(`reading ${dir}`, async () => (await readdir(dir, { withFileTypes: true })).filter(e => e.isDirectory()).map(e => e.name));

async function readSeed(dir: string, seed: number): Promise<ArmRun[]> {
  const shared = JSON.parse((await readIfThere(join(dir, 'shared.json'))) ?? '{}') as Record<string, Record<string, string>>;
  const runs = new Map<string, RunFacts>();
  for (const name of (await foldersOf(dir)).sort())
    if ((await readIfThere(layoutOf(join(dir, name)).config)) !== null) runs.set(name, await readRun(join(dir, name)));
  return Promise.all([...runs].map(([name, run]) => armRunOf(join(dir, name), seed, run, secondsOf(runs, name, shared[name] ?? {}))));
}

async function armRunOf(dir: string, seed: number, run: RunFacts, seconds: number): Promise<ArmRun> {
  const policies = run.policies.map(p => p.policy);
  const measured = lastIteration(run.policies.filter(p => p.evaluations.length > 0).map(p => p.policy));
  const settings = run.config.settings as { readonly sampleTokens?: number } | undefined;
  return {
    ...{ arm: basename(dir), title: run.methodTitle, seed, dir, task: run.task, state: run.events.state, seconds },
    budget: settings?.sampleTokens ?? 0,
    tokens: await tokensOf(dir, policies),
    iterations: policies.filter(policy => iterationOf(policy) !== null).length,
    base: evaluationOf(run.policies, 'base', 'test'),
    evaluation: measured === null ? null : evaluationOf(run.policies, measured, 'test'),
  };
}

async function tokensOf(dir: string, policies: readonly string[]): Promise<number> {
  let tokens = 0;
  for (const policy of policies)
    for (const folder of [policy, ...(await partsOf(join(dir, policy))).map(part => `${policy}/${part}`)])
      for (const phase of ['train', 'train-hinted'] as const)
        for await (const row of readJsonl<SampleRow>(layoutOf(dir).policy(folder).samples(phase))) tokens += sampledTokens(row);
  return tokens;
}

const partsOf = async (dir: string): Promise<string[]> => (await foldersOf(dir)).filter(name => name.startsWith('part-'));

/** Seconds of sampling and fitting; a folder that came from another run has that run's. */
function secondsOf(runs: ReadonlyMap<string, RunFacts>, name: string, shared: Readonly<Record<string, string>>): number {
  const of = (run: RunFacts | undefined, isWanted: (policy: string) => boolean, withFit: boolean): number => {
    if (run === undefined) return 0;
    const sampled = [...run.events.sampling].filter(([policy]) => isWanted(policy)).map(([, s]) => s.seconds);
    const fitted = withFit
      ? [...run.events.epochs].filter(([policy]) => isWanted(policy)).flatMap(([, all]) => all.map(e => e.seconds))
      : [];
    return [...sampled, ...fitted].reduce((a, b) => a + b, 0);
  };
  const given = Object.entries(shared).map(([folder, donor]) => of(runs.get(donor), policy => policy === folder, folder === 'sft'));
  return of(runs.get(name), () => true, true) + given.reduce((a, b) => a + b, 0);
}
