// rest-em reward test TASK: the gate for problems that come from outside. What solves a problem must be correct, what solves nothing must not be; the
// table says which problems to leave out, and the exit code whether there are any.
import { InvalidArgumentError } from 'commander';
import type { GateFinding, GateResult } from '../checks/gate.ts';
import { count, plural } from '../report/words.ts';
import type { CliCommand } from './command.ts';
import { whole, withSet } from './options.ts';

export const rewardTest: CliCommand = {
  name: 'test',
  summary: 'try right and worthless answers on the problems of a task, and say which may give rewards',
  declare: command =>
    withSet(
      command
        .argument('[task]', 'a configuration, or a task by its name')
        .option('--task <task>', 'the same')
        .option('--split <split>', 'train or test', splitName, 'train')
        .option('--limit <count>', 'only so many problems, the first ones', whole(1))
        .option('--jobs <count>', 'problems looked at side by side', whole(1), 4)
        .option('--json', 'print JSON')
        .option('--quiet', 'no progress'),
    ),
  async act([argument], options, context) {
    const { ConfigError, CheckFailed, Interrupted } = await import('../errors.ts');
    const { openTaskNamed } = await import('./task-named.ts');
    const { gate } = await import('../checks/gate.ts');
    const { withOpenTask } = await import('../tasks/with-open-task.ts');
    const name = argument ?? (options.task as string | undefined);
    if (name === undefined)
      throw new ConfigError({ field: 'reward test', message: 'which task? give a configuration, or a task by its name' });
    const { task, notes } = await openTaskNamed(name, (options.set as readonly string[] | undefined) ?? [], context);
    const split = options.split === 'test' ? 'test' : 'train';
    const problems = (await task.problems(split)).slice(0, (options.limit as number | undefined) ?? Number.POSITIVE_INFINITY);
    if (problems.length === 0) throw new ConfigError({ field: '--split', message: `${task.name} has no ${split} problems` });
    for (const text of await notes(split)) context.err(`note: ${text}\n`);
    let done = 0;
    const onFinding = () => {
      done++;
      if (!options.quiet && context.isTerminal)
        context.err(`\r${count(done)} of ${plural(problems.length, 'problem')}${done === problems.length ? '\n' : ''}`);
    };
    const { signal } = context;
    const findings = await withOpenTask(task, () => gate(task, problems, { signal, jobs: Number(options.jobs), onFinding })).catch(
      (error: unknown) => {
        throw signal.aborted ? new Interrupted('interrupted; give the same command again') : error;
      },
    );
    const head = { task: task.name, split, problems: problems.length, ...tally(findings) };
    context.out(options.json ? `${JSON.stringify({ ...head, findings }, null, 2)}\n` : tableOf(task.name, split, findings));
    const closed = findings.filter(({ result }) => result !== 'pass').length;
    if (closed > 0) throw new CheckFailed(`${plural(closed, 'problem')} of ${count(findings.length)} should give no rewards`);
  },
};

function splitName(value: string): string {
  if (value === 'test' || value === 'train') return value;
  throw new InvalidArgumentError('Accepted: train or test.');
}

const RESULTS: Readonly<Record<GateResult, string>> = {
  pass: 'may give rewards',
  'evaluation-only': 'for evaluation only',
  drop: 'to drop',
};

const tally = (findings: readonly GateFinding[]) =>
  Object.fromEntries(Object.keys(RESULTS).map(name => [name.replaceAll('-', '_'), findings.filter(f => f.result === name).length]));

/** Problems listed of each kind before the rest is only counted. */
const MOST_LISTED = 50;

function tableOf(name: string, split: string, findings: readonly GateFinding[]): string {
  const sum = (of: (finding: GateFinding) => number) => findings.reduce((total, finding) => total + of(finding), 0);
  const right = { tried: sum(f => f.right.tried), correct: sum(f => f.right.correct) };
  const wrong = { tried: sum(f => f.wrong.tried), fooled: sum(f => f.wrong.fooled.length) };
  const rows = (Object.keys(RESULTS) as GateResult[]).map(result => {
    const n = findings.filter(f => f.result === result).length;
    return `  ${count(n).padStart(6)}  ${RESULTS[result]}`;
  });
  const listed = (['drop', 'evaluation-only'] as const).flatMap(result => listOf(findings, result));
  return [
    `${name}, ${split}: ${plural(findings.length, 'problem')}`,
    `  ${count(right.correct)} of ${plural(right.tried, 'right answer')} judged correct; ${count(wrong.fooled)} of ${plural(wrong.tried, 'worthless one')}`,
    ...rows,
    ...listed,
    '',
  ].join('\n');
}

function listOf(findings: readonly GateFinding[], result: GateResult): string[] {
  const of = findings.filter(f => f.result === result);
  if (of.length === 0) return [];
  const lines = of.slice(0, MOST_LISTED).map(({ id, reasons }) => `  ${id}: ${reasons.join('; ').replaceAll(/\s*\n\s*/g, ' ')}`);
  return [
    '',
    `${RESULTS[result]}:`,
    ...lines,
    ...(of.length > MOST_LISTED ? [`  and ${count(of.length - MOST_LISTED)} more (--json lists all)`] : []),
  ];
}
