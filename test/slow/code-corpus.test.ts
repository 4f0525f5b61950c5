// The shared corpus through the judge itself, on the backends that need no Linux: JavaScript on quickjs, Python on deno-pyodide (REST_EM_PYODIDE names a
// folder with the npm packages deno and pyodide), where what it cannot run is `unsupported`. sandbox-corpus.test.ts is bubblewrap's.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Backend } from '../../src/sandbox/backend.ts';
import { readExactJson } from '../../src/verifiers/code/exact-json.ts';
import { type CodeJudge, type CodeRequest, type CodeVerdict, openCodeJudge } from '../../src/verifiers/code/judge.ts';
import { acceptedFor, noCorpus, programOf, type Row, rowsIn, taskOf, textOf, wordFor } from './corpus.ts';

const { REST_EM_PYODIDE } = process.env;

const value = (json: unknown) => readExactJson(JSON.stringify(json));

function requestOf(row: Row): CodeRequest {
  const { stdio = [], call = [], fn = '', asserts = '' } = taskOf(row);
  const program = programOf(row);
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

function suite(backend: Backend['name'], language: Row['language'], packages: string | undefined, skip: string | false): void {
  let judge: CodeJudge | null = null;
  const judged = async (row: Row): Promise<CodeVerdict> => {
    judge ??= await openCodeJudge({ jobs: 1, backends: [backend], ...(packages && { packages }) });
    return judge.judge(requestOf(row));
  };
  describe(`every ${language} program of the corpus ends as its manifest says on ${backend}, or is unsupported there`, { skip }, () => {
    for (const row of skip ? [] : rowsIn(language))
      test(`${row.file}: ${row.what}: ${row.expected}`, { skip: OTHERWISE[`${backend} ${row.file}`] ?? false }, async context => {
        if (row.repeat) await judged(row);
        const verdict = await judged(row);
        assert.doesNotMatch(JSON.stringify(verdict), /ESCAPE|STATE|canary-(env|file)-/);
        if (verdict.kind === 'unsupported' && backend === 'deno-pyodide') return context.diagnostic(`unsupported: ${verdict.reason}`);
        assert.notEqual(verdict.verdict, 'failed', verdict.reason);
        const got = wordFor(verdict.kind ?? '');
        const accepted = acceptedFor(row);
        assert.ok(accepted.includes(got), `ended as ${got} (${verdict.kind}: ${verdict.reason}), not ${accepted.join(' or ')}`);
      });
    after(() => judge?.close());
  });
}

suite('quickjs', 'javascript', undefined, noCorpus);
suite('deno-pyodide', 'python', REST_EM_PYODIDE, noCorpus || (REST_EM_PYODIDE ? false : 'REST_EM_PYODIDE is not set'));
