// A resolved plan, worked off: what `run` and `resume` share. Opens the engine, shows progress, and at the end prints the table and where to look.
import { join, relative } from 'node:path';
import type { Resolved } from '../config/resolve.ts';
import { ConfigError, Interrupted } from '../errors.ts';
import { run } from '../loop/run.ts';
import { readRun } from '../report/read-run.ts';
import { writeReport } from '../report/report.ts';
import { tableOf } from '../report/table.ts';
import type { Context } from './command.ts';
import { withPolicy } from './engine.ts';
import { showProgress } from './progress.ts';
import { showingFirstRow } from './show-batch.ts';

export interface ExecuteOptions {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** Prints the first training row before it is fitted. */
  readonly showsBatch?: boolean;
}

/** A path as a person here would type it. */
export function typed(path: string, cwd: string): string {
  const short = relative(cwd, path) || '.';
  const shown = short.startsWith('..') ? path : short;
  return /[^\w./@%+=:,-]/.test(shown) ? `'${shown.replaceAll("'", `'\\''`)}'` : shown;
}

/** Does the run. Throws Interrupted, saying how to go on, after a clean stop. */
export async function execute(
  resolved: Resolved,
  { isJson, isQuiet, showsBatch = false }: ExecuteOptions,
  context: Context,
): Promise<void> {
  const { plan, engine, notes } = resolved;
  const progress = showProgress(context, { isQuiet });
  const { clock, signal } = context;
  for (const text of notes) context.err(`note: ${text}\n`);
  try {
    // Results are JSON alone where JSON was asked for; the row is then a note.
    const print = isJson ? context.err : context.out;
    await withPolicy(engine, policy =>
      run(plan, showsBatch ? showingFirstRow(policy, resolved.model.tokenizer, print) : policy, {
        clock,
        signal,
        onEvent: progress.onEvent,
      }),
    );
  } catch (error) {
    progress.close();
    const goOn = `go on with: rest-em resume ${typed(plan.dir, context.cwd)} (or the same command)`;
    if (error instanceof Interrupted) throw new Interrupted(`interrupted, nothing is lost; ${goOn}`);
    if (!(error instanceof ConfigError)) context.err(`the run stopped; what is on the disk is kept. When the cause is mended, ${goOn}\n`);
    throw error;
  } finally {
    progress.close();
  }
  const summary = await writeReport(plan.dir);
  if (isJson) {
    context.out(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  const places = ['report.html', 'summary.json'].map(name => typed(join(plan.dir, name), context.cwd));
  context.out(`\n${tableOf(await readRun(plan.dir))}\n${places.join('\n')}\n`);
}
