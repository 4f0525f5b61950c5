// The work behind `eval`: a plan with nothing to learn, one session of the loop's evaluation in a folder of its own (thrown away unless
// --dir names one), and the figures as a table or as JSON.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { laidOver, loadConfig } from '../config/load.ts';
import { parseSettings, type Settings } from '../config/parse.ts';
import { type Resolved, resolvePlan } from '../config/resolve.ts';
import type { Setting } from '../config/set.ts';
import { ConfigError, Interrupted } from '../errors.ts';
import { evaluate } from '../loop/evaluate.ts';
import type { Session } from '../loop/session.ts';
import type { Evaluation, Measures } from '../metrics/evaluation.ts';
import type { Policy } from '../policy/policy.ts';
import { plural, samplingWords, withInterval } from '../report/words.ts';
import { layoutOf } from '../runs/layout.ts';
import { withOpenTask } from '../tasks/with-open-task.ts';
import type { Context } from './command.ts';
import { physicalCores } from './cores.ts';
import { withPolicy } from './engine.ts';
import { hubCacheOf } from './hub.ts';
import { modelPath } from './model-path.ts';
import { showProgress } from './progress.ts';

type Options = Readonly<Record<string, unknown>>;

/** Options that are settings by another name. */
const AS_SETTINGS: Readonly<Record<string, string>> = {
  samples: 'evaluate.samples',
  k: 'evaluate.k',
  temperature: 'evaluate.temperature',
  topK: 'evaluate.topK',
  topP: 'evaluate.topP',
  maxTokens: 'maxTokens',
  seed: 'seed',
  threads: 'engine.threads',
  rows: 'engine.rows',
  precision: 'engine.precision',
  device: 'engine.device',
};

async function settingsOf(
  model: string,
  options: Options,
  context: Context,
): Promise<{ readonly settings: Settings; readonly file?: string }> {
  const given = Object.entries(AS_SETTINGS).flatMap(([name, setting]): Setting[] =>
    options[name] === undefined ? [] : [{ path: setting.split('.'), value: options[name] }],
  );
  const fixed = { model, arms: [], validation: 0 };
  const also = [...given, ...Object.entries(fixed).map(([name, value]): Setting => ({ path: [name], value }))];
  const lay = { cwd: context.cwd, set: (options.set as string[] | undefined) ?? [], also, hubCache: hubCacheOf(context) };
  const task = String(options.task);
  if (extname(task) === '') return { settings: parseSettings(laidOver({ task }, lay)) };
  return loadConfig(task, lay);
}

/** The folder of the session; one that holds something is not ours to write into. */
async function folderOf(options: Options, cwd: string): Promise<{ readonly dir: string; readonly isKept: boolean }> {
  if (options.dir === undefined) return { dir: await mkdtemp(join(tmpdir(), 'rest-em-eval-')), isKept: false };
  const dir = resolve(cwd, String(options.dir));
  const held = await readdir(dir).catch(() => []);
  if (held.length > 0) throw new ConfigError({ field: '--dir', message: `${dir} is not empty` });
  return { dir, isKept: true };
}

function sessionOf({ plan, problems }: Resolved, policy: Policy, dir: string, options: Options, context: Context): Session {
  const limit = (options.limit as number | undefined) ?? Number.POSITIVE_INFINITY;
  const isTrain = options.split === 'train';
  const train = isTrain ? problems.train.slice(0, limit) : [];
  const progress = showProgress(context, { isQuiet: options.quiet === true });
  return {
    plan: { ...plan, evaluation: { ...plan.evaluation, trainProblems: train.length } },
    policy,
    problems: { train, validation: [], test: isTrain ? [] : problems.test.slice(0, limit) },
    layout: layoutOf(dir),
    signal: context.signal,
    clock: context.clock,
    emit: event => (event.kind === 'evaluated' ? progress.close() : progress.onEvent(event)),
  };
}

/** Measures a model and prints what came out. Throws Interrupted. */
export async function evaluateModel(argument: string, options: Options, context: Context): Promise<void> {
  const model = await modelPath(argument, context);
  const { settings, file } = await settingsOf(model, options, context);
  const { dir, isKept } = await folderOf(options, context.cwd);
  try {
    const resolved = await resolvePlan(settings, {
      cwd: context.cwd,
      threads: physicalCores(),
      dir,
      splits: [options.split === 'train' ? 'train' : 'test'],
      ...(file === undefined ? {} : { file }),
    });
    const { prompts } = resolved.plan.task;
    const prompt = options.fewShot ? prompts.sample : prompts.train;
    if (!prompt) throw new ConfigError({ field: '--few-shot', message: `${resolved.plan.task.name} has one prompt only` });
    for (const text of resolved.notes) context.err(`note: ${text}\n`);
    const measure = (policy: Policy) =>
      evaluate(sessionOf(resolved, policy, dir, options, context), { name: 'model', iteration: 0, path: model }, prompt);
    const { evaluations } = await withOpenTask(resolved.plan.task, () => withPolicy(resolved.engine, measure));
    const evaluation = evaluations[0]!;
    const head = { model: argument, task: resolved.plan.task.name };
    context.out(options.json ? `${JSON.stringify({ ...head, ...evaluation }, null, 2)}\n` : tableOf(head, evaluation));
  } catch (error) {
    throw context.signal.aborted ? new Interrupted('interrupted; give the same command again') : error;
  } finally {
    if (!isKept) await rm(dir, { recursive: true, force: true });
  }
}

const figuresOf = (m: Measures): (readonly [string, string])[] => [
  ...(m.greedy ? [['greedy', withInterval(m.greedy)] as const] : []),
  ...Object.entries(m.pass_at_k).map(([k, i]) => [`pass@${k}`, withInterval(i)] as const),
  ...Object.entries(m.maj_at_k).flatMap(([k, i]) => (k === '1' ? [] : [[`maj@${k}`, withInterval(i)] as const])),
];

function tableOf(head: { readonly model: string; readonly task: string }, evaluation: Evaluation): string {
  const sampled =
    evaluation.samples_per_problem === 0
      ? ''
      : `, ${plural(evaluation.samples_per_problem, 'sample')} a problem (${samplingWords(evaluation)})`;
  const levels = Object.entries(evaluation.by_level).map(
    ([level, m]) => [`level ${level}`, m.greedy ? withInterval(m.greedy) : '-'] as const,
  );
  const rows = [...figuresOf(evaluation), ...levels.map(([name, text]) => [name, `${text} greedy`] as const)];
  return [
    `${head.model} on ${head.task}: ${plural(evaluation.problems, `${evaluation.split} problem`)}${sampled}. Percent, with 95 % intervals.`,
    ...rows.map(([name, text]) => `${name.padEnd(10)} ${text}`),
    ...(evaluation.failed > 0 ? [`${plural(evaluation.failed, 'sample')} could not be judged: the verifier failed`] : []),
    '',
  ].join('\n');
}
