// The command line: a table of commands, exit codes, and what becomes of an error. 0 done, 1 failure, 2 bad usage or configuration, 3 a check that was not met,
// 130 interrupted. Commands do the rest (one file each); the environment of the process is read here and nowhere deeper.
import { once } from 'node:events';
import { Command, CommanderError } from 'commander';
import { version } from '../config/version.ts';
import { CheckFailed, ConfigError, DataError, EngineError, Interrupted, SandboxError, StoreError } from '../errors.ts';
import { codeOf } from '../runs/storing.ts';
import { audit } from './audit.ts';
import type { CliCommand, CliGroup, Context } from './command.ts';
import { compare } from './compare.ts';
import { data } from './data.ts';
import { doctor } from './doctor.ts';
import { evaluate } from './eval.ts';
import { exportCommand } from './export.ts';
import { judge } from './judge.ts';
import { methods } from './methods.ts';
import { models } from './models.ts';
import { report } from './report.ts';
import { resume } from './resume.ts';
import { reward } from './reward.ts';
import { run } from './run.ts';
import { sample } from './sample.ts';
import { score } from './score.ts';
import { serve } from './serve.ts';
import { verify } from './verify.ts';

const COMMANDS: readonly (CliCommand | CliGroup)[] = [
  run,
  resume,
  evaluate,
  report,
  compare,
  reward,
  audit,
  verify,
  judge,
  methods,
  models,
  exportCommand,
  data,
  sample,
  score,
  serve,
  doctor,
];

const EXIT = { done: 0, failure: 1, usage: 2, notMet: 3, interrupted: 130 } as const;

const oneLine = (text: string) =>
  text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ');

function programOf(context: Context): Command {
  const program = new Command('rest-em')
    .description('Makes a language model better at problems that a program can check: sample, keep what is correct, fine-tune, repeat.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: text => context.out(text),
      writeErr: text => context.err(text),
      outputError: text => context.err(`rest-em: ${oneLine(text)}\n`),
    });
  for (const row of COMMANDS) addTo(program, row, context);
  return program;
}

function addTo(parent: Command, row: CliCommand | CliGroup, context: Context): void {
  const command = parent.command(row.name).summary(row.summary).description(row.summary);
  if ('commands' in row) {
    for (const inner of row.commands) addTo(command, inner, context);
    return;
  }
  row.declare(command).action(async () => row.act(command.args, command.opts(), context));
}

const optionsOf = (command: Command): (string | undefined)[] => [
  ...command.options.map(o => o.long),
  ...command.commands.flatMap(optionsOf),
];

/** --max_tokens is --max-tokens; only known options are rewritten, so a value that looks like one stays as it is. */
function withDashes(program: Command, argv: readonly string[]): string[] {
  const known = new Set(program.commands.flatMap(optionsOf));
  return argv.map(argument => {
    const [name = '', ...value] = argument.split('=');
    const dashed = name.replaceAll('_', '-');
    return name.startsWith('--') && known.has(dashed) ? [dashed, ...value].join('=') : argument;
  });
}

/** Failures of the engine, the sandbox and the store say it themselves, with their causes; of a bug of ours the stack is what helps. */
function failureWords(error: unknown, isCause = false): string {
  if (!(error instanceof Error)) return String(error);
  if (isCause && isOfTheSystem(error)) return error.message;
  if (![CheckFailed, DataError, EngineError, SandboxError, StoreError].some(ours => error instanceof ours))
    return error.stack ?? error.message;
  const cause = error.cause === undefined ? '' : `\n  because: ${failureWords(error.cause, true)}`;
  return error.message + cause;
}

/** A full disk, a file that is no JSON: where in our code it was met helps nobody. */
const isOfTheSystem = (error: Error): boolean => codeOf(error) !== undefined || error instanceof SyntaxError;

/** Tells what went wrong, in one line where it is the user's to mend, and gives the exit code. */
function explain(error: unknown, context: Context): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof ConfigError) {
    for (const { field, message } of error.complaints) context.err(`rest-em: ${oneLine(`${field}: ${message}`)}\n`);
    return EXIT.usage;
  }
  if (error instanceof Interrupted) {
    context.err(`rest-em: ${error.message}\n`);
    return EXIT.interrupted;
  }
  context.err(`rest-em: ${failureWords(error)}\n`);
  return error instanceof CheckFailed ? EXIT.notMet : EXIT.failure;
}

/** The first Ctrl-C asks for a clean stop, the second does not ask. */
function listenForInterrupt(stop: AbortController): () => void {
  const onInterrupt = () => (stop.signal.aborted ? process.exit(EXIT.interrupted) : stop.abort());
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  return () => process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
}

/** A reader that has seen enough (`| head`) is no failure; output that cannot be written is. */
const onOutputError = (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  process.stderr.write(`rest-em: writing to standard output: ${error.message}\n`);
  process.exit(EXIT.failure);
};

function contextOf(signal: AbortSignal): Context {
  const { CI, TERM } = process.env;
  const isTerminal = process.stderr.isTTY === true && !CI && TERM !== 'dumb';
  return {
    cwd: process.cwd(),
    env: process.env,
    input: process.stdin,
    out: text => void process.stdout.write(text),
    drained: async () => void (process.stdout.writableNeedDrain && (await once(process.stdout, 'drain'))),
    err: text => void process.stderr.write(text),
    isTerminal,
    columns: process.stderr.columns ?? 80,
    signal,
    clock: Date.now,
  };
}

/** Runs one command line in a given context. Resolves to the exit code; never rejects. */
export async function runCommand(argv: readonly string[], context: Context): Promise<number> {
  try {
    const program = programOf(context);
    await program.parseAsync(withDashes(program, argv), { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return explain(error, context);
  }
}

/** Runs the command line of this process. Resolves to the exit code; never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const stopListening = listenForInterrupt(stop);
  process.stdout.on('error', onOutputError);
  try {
    return await runCommand(argv, contextOf(stop.signal));
  } finally {
    stopListening();
  }
}
