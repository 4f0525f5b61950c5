// The shared corpus through the judge itself, on the backends that need no Linux: JavaScript on quickjs, Python on deno-pyodide (REST_EM_PYODIDE names a
// folder with the npm packages deno and pyodide), where what it cannot run is `unsupported`. sandbox-corpus.test.ts is bubblewrap's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Backend } from '../../src/sandbox/backend.ts';
import { readExactJson } from '../../src/verifiers/code/exact-json.ts';
import { type CodeJudge, type CodeRequest, type CodeVerdict, openCodeJudge } from '../../src/verifiers/code/judge.ts';

interface Row {
  readonly file: string;
  readonly language: 'python' | 'javascript';
  readonly what: string;
  readonly expected: string;
  readonly mode: 'stdio' | 'call' | 'assert';
  readonly task: string;
  readonly limits?: { readonly cpu?: number; readonly wall?: number };
  readonly also_ok?: readonly string[];
  readonly repeat?: string;
}
type Output = string | { readonly count_to?: number; readonly power_of_ten?: number };
interface Task {
  readonly stdio?: readonly (readonly [string, Output])[];
  readonly fn?: string;
  readonly call?: readonly (readonly [readonly unknown[], unknown])[];
  readonly asserts?: string;
}

const { REST_EM_SHARED, REST_EM_CORPUS, REST_EM_PYODIDE } = process.env;
const folder = REST_EM_CORPUS ?? (REST_EM_SHARED ? join(REST_EM_SHARED, 'fixtures/sandbox-programs') : '');
const unset = folder === '' ? 'REST_EM_SHARED is not set' : false;
const rows = unset
  ? []
  : readFileSync(join(folder, 'manifest.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line): Row => JSON.parse(line));
const tasks: Readonly<Record<string, Task>> = unset ? {} : JSON.parse(readFileSync(join(folder, 'tasks.json'), 'utf8'));

function textOf(output: Output): string {
  if (typeof output === 'string') return output;
  if (output.count_to) return Array.from({ length: output.count_to }, (_, i) => `${i}\n`).join('');
  return `1${'0'.repeat(output.power_of_ten ?? 0)}\n`;
}

const value = (json: unknown) => readExactJson(JSON.stringify(json));

function requestOf(row: Row): CodeRequest {
  const { stdio = [], call = [], fn = '', asserts = '' } = tasks[row.task]!;
  const program = readFileSync(join(folder, row.file), 'utf8');
  const limits = { cpuSeconds: row.limits?.cpu ?? 2, wallSeconds: row.limits?.wall ?? 12 };
  const common = { language: row.language, program, limits };
  if (row.mode === 'stdio') return { ...common, mode: 'stdio', tests: stdio.map(([input, output]) => ({ input, output: textOf(output) })) };
  if (row.mode === 'call')
    return { ...common, mode: 'call', fn, tests: call.map(([args, result]) => ({ args: args.map(value), result: value(result) })) };
  return { ...common, mode: 'assert', asserts: [asserts], names: [fn] };
}

/** Where the machine inside is another: what a program does there is not what its manifest is about. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'deno-pyodide t13_hash_collisions.py': 'hashes of 32 bits: the keys do not collide, and it is fast and wrong',
};

const WORDS: Readonly<Record<string, string>> = {
  timeout_cpu: 'timeout',
  timeout_wall: 'timeout',
  memory: 'memory',
  output_limit: 'output_limit',
  pass: 'pass',
};
const WANTED: Readonly<Record<string, string>> = { blocked: 'fail', 'pass-but-contained': 'pass' };

function suite(backend: Backend['name'], language: Row['language'], packages: string | undefined, skip: string | false): void {
  let judge: CodeJudge | null = null;
  const judged = async (row: Row): Promise<CodeVerdict> => {
    judge ??= await openCodeJudge({ jobs: 1, backends: [backend], ...(packages && { packages }) });
    return judge.judge(requestOf(row));
  };
  describe(`every ${language} program of the corpus ends as its manifest says on ${backend}, or is unsupported there`, { skip }, () => {
    for (const row of skip ? [] : rows.filter(r => r.language === language))
      test(`${row.file}: ${row.what}: ${row.expected}`, { skip: OTHERWISE[`${backend} ${row.file}`] ?? false }, async context => {
        if (row.repeat) await judged(row);
        const verdict = await judged(row);
        assert.doesNotMatch(JSON.stringify(verdict), /ESCAPE|STATE|canary-(env|file)-/);
        if (verdict.kind === 'unsupported' && backend === 'deno-pyodide') return context.diagnostic(`unsupported: ${verdict.reason}`);
        assert.notEqual(verdict.verdict, 'failed', verdict.reason);
        const got = WORDS[verdict.kind ?? ''] ?? 'fail';
        const accepted = [WANTED[row.expected] ?? row.expected, ...(row.also_ok ?? [])];
        assert.ok(accepted.includes(got), `ended as ${got} (${verdict.kind}: ${verdict.reason}), not ${accepted.join(' or ')}`);
      });
    after(() => judge?.close());
  });
}

suite('quickjs', 'javascript', undefined, unset);
suite('deno-pyodide', 'python', REST_EM_PYODIDE, unset || (REST_EM_PYODIDE ? false : 'REST_EM_PYODIDE is not set'));
