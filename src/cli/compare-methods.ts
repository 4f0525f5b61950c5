// The work behind `compare`: every arm is an ordinary run in DIR/seed-S/ARM, so that all of `resume`, `report` and `verify` work on it; what is there
// already is not done again. Everything is checked before the first token. What arms have in common (the measured base, SFT, the first samples of the
// same sampling) is copied from the arm that made it: it would come out the same to the byte.
import { existsSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { type ArmOptions, armNames, armSettings, type Lengths, shapeOf } from '../config/compare.ts';
import { type Resolved, resolvePlan } from '../config/resolve.ts';
import { readSavedSettings } from '../config/saved.ts';
import { ConfigError, Interrupted } from '../errors.ts';
import { run } from '../loop/run.ts';
import type { Policy } from '../policy/policy.ts';
import { seedOf } from '../random.ts';
import { writeComparison } from '../report/comparison/write.ts';
import { writeReport } from '../report/report.ts';
import { count } from '../report/words.ts';
import { readIfThere, writeWhole } from '../runs/atomic.ts';
import { makeFolder, openRun } from '../runs/open.ts';
import type { Context } from './command.ts';
import { shareParts } from './compare-share.ts';
import { physicalCores } from './cores.ts';
import { withPolicy } from './engine.ts';
import { typed } from './execute.ts';
import { hubCacheOf } from './hub.ts';
import { modelPath } from './model-path.ts';
import { showProgress } from './progress.ts';

type Options = Readonly<Record<string, unknown>>;

interface Plan {
  readonly dir: string;
  readonly names: readonly string[];
  readonly seeds: readonly number[];
  readonly budget: number;
  armOptions(seed: number): ArmOptions;
}

async function planOf(options: Options, context: Context): Promise<Plan> {
  const { cwd } = context;
  const task = String(options.task);
  const names = armNames(String(options.methods));
  const model = options.model === undefined ? null : await modelPath(String(options.model), context);
  const budget = Number(options.budget);
  const taskName = extname(task) === '' ? task : basename(task).replace(/(\.config)?\.\w+$/, '');
  return {
    dir: resolve(cwd, options.dir === undefined ? `runs/compare-${taskName}` : String(options.dir)),
    names,
    seeds: (options.seed as number[] | undefined) ?? [1],
    budget,
    armOptions: seed => ({
      ...{ task, seed, budget, cwd, set: (options.set as string[] | undefined) ?? [], hubCache: hubCacheOf(context) },
      ...(model !== null && { also: [{ path: ['model'], value: model }] }),
    }),
  };
}

const armDir = ({ dir }: Plan, seed: number, name: string): string => join(dir, `seed-${seed}`, name);

async function resolveArm(plan: Plan, seed: number, name: string, lengths: Lengths | null, problems: number): Promise<Resolved> {
  const shape = lengths === null ? undefined : shapeOf(name, plan.budget, problems, lengths);
  const { settings, file } = await armSettings(name, plan.armOptions(seed), shape);
  const options = { cwd: plan.dir, threads: physicalCores(), dir: armDir(plan, seed, name), ...(file === undefined ? {} : { file }) };
  return resolvePlan(settings, options);
}

/** Runs that are there already have a budget, and all others are cut to the same. */
function checkBudget(plan: Plan): void {
  const there = plan.seeds
    .flatMap(seed => plan.names.map(name => armDir(plan, seed, name)))
    .filter(dir => existsSync(join(dir, 'config.json')));
  const other = there.map(dir => readSavedSettings(dir).sampleTokens).find(budget => budget !== plan.budget);
  if (other === undefined) return;
  throw new ConfigError({
    field: '--budget',
    message: `is ${plan.budget}, but the runs in ${plan.dir} were started with ${other}; give another directory, or the old value`,
  });
}

/** Every arm can be run, as far as can be told before the first token. Throws ConfigError. Returns an arm of each seed. */
async function check(plan: Plan): Promise<ReadonlyMap<number, Resolved>> {
  checkBudget(plan);
  const firsts = new Map<number, Resolved>();
  for (const seed of plan.seeds)
    for (const name of plan.names) {
      const resolved = await resolveArm(plan, seed, name, null, 0);
      if (!firsts.has(seed)) firsts.set(seed, resolved);
    }
  const { problems, plan: first } = firsts.get(plan.seeds[0]!)!;
  const least = problems.train.length * first.maxTokens;
  if (plan.budget < least)
    throw new ConfigError({
      field: '--budget',
      message: `got ${plan.budget}; accepted: ${least} or more, a completion of ${first.maxTokens} tokens for each of the ${problems.train.length} training problems`,
    });
  return firsts;
}

/** How many problems the base is asked once for the mean length of a completion. */
const PROBES = 64;

/** Asked once and kept, because what the arms are cut to hangs on it. */
async function lengthsOf(
  plan: Plan,
  seed: number,
  policy: Policy,
  { plan: arm, problems, model }: Resolved,
  signal: AbortSignal,
): Promise<Lengths> {
  const file = join(plan.dir, `seed-${seed}`, 'lengths.json');
  const before = await readIfThere(file);
  if (before !== null) return JSON.parse(before) as Lengths;
  const requests = problems.train.slice(0, PROBES).map(problem => ({
    id: problem.id,
    prompt: (arm.task.prompts.sample ?? arm.task.prompts.train)(problem),
    seeds: [seedOf(seed, 'length', problem.id)],
  }));
  const settings = { temperature: 1, topK: 0, topP: 1, maxTokens: arm.maxTokens, stop: arm.task.stop };
  const said = (await policy.sample(arm.model, requests, settings, undefined, signal)).flat();
  const written = problems.train.flatMap(({ solution }) => (solution === undefined ? [] : [model.tokenizer.encode(solution).length + 1]));
  const lengths: Lengths = {
    base: meanOf(said.map(({ tokens }) => tokens.length)),
    solutions: written.length === 0 ? null : meanOf(written),
  };
  await makeFolder(join(plan.dir, `seed-${seed}`));
  await writeWhole(file, `${JSON.stringify(lengths, null, 2)}\n`);
  return lengths;
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Runs or goes on with everything, and prints what came out. Throws ConfigError before any work, Interrupted when asked to stop. */
export async function compareMethods(options: Options, context: Context): Promise<void> {
  const plan = await planOf(options, context);
  const firsts = await check(plan);
  const { engine } = firsts.get(plan.seeds[0]!)!;
  try {
    await withPolicy(engine, async policy => {
      for (const seed of plan.seeds) await runSeed(plan, seed, firsts.get(seed)!, policy, options, context);
    });
  } catch (error) {
    if (!context.signal.aborted || error instanceof ConfigError) throw error;
    throw new Interrupted('interrupted, nothing is lost; go on with the same command');
  }
  const { table, json, page } = await writeComparison(plan.dir);
  context.out(options.json ? json : `\n${table}\n${typed(page, context.cwd)}\n`);
}

async function runSeed(plan: Plan, seed: number, first: Resolved, policy: Policy, options: Options, context: Context): Promise<void> {
  const { clock, signal } = context;
  const lengths = await lengthsOf(plan, seed, policy, first, signal);
  for (const [i, name] of plan.names.entries()) {
    const arm = await resolveArm(plan, seed, name, lengths, first.problems.train.length);
    const donors = plan.names.slice(0, i).map(earlier => armDir(plan, seed, earlier));
    if (donors.length > 0 && !existsSync(join(arm.plan.dir, 'config.json'))) {
      await (await openRun(arm.plan.dir, arm.plan.config)).close(); // a folder becomes a run before anything is put into it
      await shareParts(donors, arm.plan.dir);
    }
    const progress = showProgress(context, { isQuiet: options.quiet === true });
    if (options.quiet !== true)
      context.err(`seed ${seed}, ${name} (${i + 1} of ${plan.names.length}): at most ${count(plan.budget)} tokens to learn from\n`);
    try {
      await run(arm.plan, policy, { clock, signal, onEvent: progress.onEvent });
    } finally {
      progress.close();
    }
    await writeReport(arm.plan.dir);
  }
}
