// The shared corpus of hostile and honest programs: its manifest and its tasks as they lie there. REST_EM_CORPUS names another folder of that form.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Row {
  readonly file: string;
  readonly language: 'python' | 'javascript';
  readonly what: string;
  readonly expected: string;
  readonly mode: 'stdio' | 'call' | 'assert';
  readonly task: string;
  readonly limits?: { readonly cpu?: number; readonly wall?: number };
  readonly also_ok?: readonly string[];
  readonly repeat?: string;
  readonly expect_stderr?: string;
}

/** A text, or how to make it. */
export type Output = string | { readonly count_to?: number; readonly power_of_ten?: number };

export interface Task {
  readonly stdio?: readonly (readonly [string, Output])[];
  readonly fn?: string;
  readonly call?: readonly (readonly [readonly unknown[], unknown])[];
  readonly asserts?: string;
  readonly float_tolerance?: number;
}

const { REST_EM_SHARED, REST_EM_CORPUS } = process.env;
const folder = REST_EM_CORPUS ?? (REST_EM_SHARED ? join(REST_EM_SHARED, 'fixtures/sandbox-programs') : '');
const textIn = (file: string) => readFileSync(join(folder, file), 'utf8');

/** Why there is none, or false. */
export const noCorpus: string | false = folder === '' ? 'REST_EM_SHARED is not set' : false;

const manifest = noCorpus ? [] : textIn('manifest.jsonl').trim().split('\n');
const rows = manifest.map((line): Row => JSON.parse(line));
const tasks: Readonly<Record<string, Task>> = noCorpus ? {} : JSON.parse(textIn('tasks.json'));

export const rowsIn = (language: Row['language']): readonly Row[] => rows.filter(row => row.language === language);
export const taskOf = (row: Row): Task => tasks[row.task]!;
export const programOf = (row: Row): string => textIn(row.file);

export function textOf(output: Output): string {
  if (typeof output === 'string') return output;
  if (output.count_to) return Array.from({ length: output.count_to }, (_, i) => `${i}\n`).join('');
  return `1${'0'.repeat(output.power_of_ten ?? 0)}\n`;
}

const ENDS: Readonly<Record<string, string>> = {
  timeout_cpu: 'timeout',
  timeout_wall: 'timeout',
  memory: 'memory',
  output_limit: 'output_limit',
  pass: 'pass',
};

/** The manifest's word for how a test that is not right has ended, or for a verdict's kind. */
export const wordFor = (end: string): string => ENDS[end] ?? 'fail';

const WANTED: Readonly<Record<string, string>> = { blocked: 'fail', 'pass-but-contained': 'pass' };

/** The words with which a row's programs may end. */
export const acceptedFor = ({ expected, also_ok = [] }: Row): readonly string[] => [WANTED[expected] ?? expected, ...also_ok];
