// rest-em judge code: the judge of programs as a filter. A JSON object a line in, a verdict a line out, in the same order while several are judged at a
// time. Every line is answered, a bad one with what is wrong with it; no sandbox at all is refused before the first.
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { Interrupted, SandboxError } from '../errors.ts';
import type { Backend, Language } from '../sandbox/backend.ts';
import type { CodeJudge } from '../verifiers/code/judge.ts';
import type { CodeVerdict } from '../verifiers/code/request.ts';
import type { CliCommand, Context } from './command.ts';
import { whole } from './options.ts';
import { sandboxPackages } from './sandbox-packages.ts';

const NAMES: readonly Backend['name'][] = ['bwrap', 'deno-pyodide', 'quickjs'];
/** Lines in the window for each job: a slow program must not keep the others' lanes empty. */
const LINES_PER_JOB = 8;

export const judgeCode: CliCommand = {
  name: 'code',
  summary: 'whether each program passes its tests, run in a sandbox',
  declare: (command: Command) =>
    command
      .option(
        '--in <file>',
        'JSON lines {"id"?, "language", "mode", "program", "fn"?, "tests", "setup"?, "limits"?} (default: standard input)',
      )
      .addOption(new Option('--backend <name>', 'only this sandbox (default: the first that works here)').choices(NAMES))
      .option('--jobs <count>', 'programs judged at a time (default: processors)', whole(1), availableParallelism())
      .option('--partial', 'run every test instead of stopping at the first that fails; the reward is the share passed'),
  async act(_, options, context) {
    const { openCodeJudge } = await import('../verifiers/code/judge.ts');
    const backend = NAMES.find(name => name === options.backend);
    const jobs = Number(options.jobs);
    const judge = await openCodeJudge({ jobs, packages: sandboxPackages(context), ...(backend && { backends: [backend] }) });
    try {
      await refuseWithoutSandbox(judge, backend);
      await judgeLines(context, judge, options.in === undefined ? undefined : String(options.in), jobs, options.partial === true);
    } finally {
      await judge.close();
    }
  },
};

/** One language is enough: lines of the other are answered with why they cannot be judged. Throws SandboxError naming all that was tried. */
async function refuseWithoutSandbox(judge: CodeJudge, backend: Backend['name'] | undefined): Promise<void> {
  const { BACKENDS } = await import('../sandbox/table.ts');
  const rows = BACKENDS.filter(row => backend === undefined || row.name === backend);
  const languages = [...new Set(rows.flatMap(row => row.languages))];
  const failures: string[] = [];
  for (const opened of await Promise.allSettled(languages.map((language: Language) => judge.open(language)))) {
    if (opened.status === 'fulfilled') return;
    if (!(opened.reason instanceof SandboxError)) throw opened.reason;
    failures.push(opened.reason.message);
  }
  throw new SandboxError(failures.join('\n') || `there is no sandbox called ${backend} here`);
}

async function judgeLines(context: Context, judge: CodeJudge, file: string | undefined, jobs: number, partial: boolean): Promise<void> {
  const { readLines, TOO_LONG } = await import('./json-lines.ts');
  const { inOrder } = await import('./in-order.ts');
  const { readRequest } = await import('../verifiers/code/read-request.ts');
  const answer = async (line: string | null): Promise<object> => {
    if (line === null) return bad(null, TOO_LONG);
    if (line.trim() === '') return bad(null, 'the line is empty');
    const read = readRequest(line);
    if ('wrong' in read) return bad(read.id, read.wrong);
    return verdictLine(read.id, await judge.judge({ ...read.request, ...(partial && { partial }) }, context.signal));
  };
  try {
    for await (const verdict of inOrder(oneByOne(readLines(context, file)), jobs * LINES_PER_JOB, answer)) {
      context.signal.throwIfAborted();
      context.out(`${JSON.stringify(verdict)}\n`);
      await context.drained();
    }
  } catch (error) {
    if (context.signal.aborted) throw new Interrupted();
    throw error;
  }
}

async function* oneByOne<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;

function verdictLine(id: unknown, verdict: CodeVerdict): object {
  return {
    id,
    verdict: verdict.verdict,
    kind: verdict.kind,
    reason: verdict.reason,
    reward: verdict.reward,
    tests_run: verdict.testsRun,
    tests_total: verdict.testsTotal,
    ...(verdict.stdout !== '' && { stdout: verdict.stdout }),
    ...(verdict.stderr !== '' && { stderr: verdict.stderr }),
    backend: verdict.backend,
    wall_ms: rounded(verdict.wallMs),
    cpu_ms: rounded(verdict.cpuMs),
  };
}

/** A line that is no request was never judged: there is no kind to it. */
const bad = (id: unknown, reason: string): object => ({
  id,
  verdict: 'failed',
  kind: null,
  reason,
  reward: null,
  tests_run: 0,
  tests_total: 0,
  backend: null,
  wall_ms: 0,
  cpu_ms: 0,
});
