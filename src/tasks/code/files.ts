// Programming problems out of a file: rows become problems, or reasons why they are none. Rows that cannot be judged (no tests, tests that cannot be
// read) are left out and counted by reason, because every public set has some; what is wrong with a file as such is refused.
import { basename } from 'node:path';
import { ConfigError } from '../../errors.ts';
import { type Row, readRows, refuse } from '../rows.ts';
import type { Split } from '../task.ts';
import { withHeldOut } from './hold-out.ts';
import type { CodeProblem } from './problem.ts';
import type { AskedSettings } from './settings.ts';

/** A problem, why there is none, or null for a row that was not asked for. */
export type FromRow = CodeProblem | { readonly leftOut: string } | null;

export interface Loaded {
  readonly problems: readonly CodeProblem[];
  readonly notes: readonly string[];
}

export interface FileSplits {
  problems(split: Split): Promise<readonly CodeProblem[]>;
  notes(split: Split): Promise<readonly string[]>;
}

export interface FileOptions {
  readonly settings: Pick<AskedSettings, 'train' | 'test' | 'heldOut'>;
  /** Columns every row must have. */
  readonly columns: readonly string[];
  /** Throws ConfigError where a row is not what the set's rows are. */
  readonly fromRow: (row: Row, split: Split) => FromRow;
}

/** Both splits, each file read once and when it is wanted. A split without a file has no problems. */
export function fileSplits(options: FileOptions): FileSplits {
  const loaded = new Map<Split, Promise<Loaded>>();
  const load = (split: Split): Promise<Loaded> => loaded.get(split) ?? loaded.set(split, loadSplit(options, split)).get(split)!;
  return {
    problems: async split => (await load(split)).problems,
    notes: async split => (await load(split)).notes,
  };
}

async function loadSplit({ settings, columns, fromRow }: FileOptions, split: Split): Promise<Loaded> {
  const file = settings[split];
  if (file === undefined) return { problems: [], notes: [] };
  const rows = await readRows(file, columns);
  const outcomes = rows.map(row => fromRow(row, split)).filter(outcome => outcome !== null);
  const problems = outcomes.flatMap(outcome => ('leftOut' in outcome ? [] : [outcome]));
  const reasons = outcomes.flatMap(outcome => ('leftOut' in outcome ? [outcome.leftOut] : []));
  refuse(repeatedIds(file, problems));
  if (problems.length === 0)
    throw new ConfigError({ field: file, message: `no problem can be used: ${counted(reasons) || 'none was asked for'}` });
  return {
    problems: split === 'train' ? problems.map(problem => withHeldOut(problem, settings.heldOut)) : problems,
    notes: reasons.length === 0 ? [] : [`${basename(file)}: ${reasons.length} of ${outcomes.length} rows left out: ${counted(reasons)}`],
  };
}

function counted(reasons: readonly string[]): string {
  const groups = Map.groupBy(reasons, reason => reason);
  return [...groups].map(([reason, all]) => `${all.length} ${reason}`).join(', ');
}

function repeatedIds(file: string, problems: readonly CodeProblem[]) {
  const seen = new Set<string>();
  return problems.flatMap(({ id }) => (seen.size === seen.add(id).size ? [{ field: file, message: `the id '${id}' comes twice` }] : []));
}

/** A cell that must be text. Throws ConfigError naming the row. */
export function textCell({ place, columns }: Row, column: string): string {
  const value = columns[column];
  if (typeof value === 'string') return value;
  throw new ConfigError({ field: place, message: `'${column}' is ${value === undefined ? 'not there' : 'no text'}` });
}

/** A cell that is a list of texts, or not there. Throws ConfigError naming the row. */
export function textsCell({ place, columns }: Row, column: string): readonly string[] {
  const value = columns[column] ?? [];
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
  throw new ConfigError({ field: place, message: `'${column}' is no list of texts` });
}
