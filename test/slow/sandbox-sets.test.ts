// HumanEval and MBPP through assert mode: every reference solution passes where its tests can be split, and programs that solve nothing, but cheat those
// who judge in the candidate's own process, pass nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/sandbox/backend.ts';
import { probeBwrap } from '../../src/sandbox/bwrap/probe.ts';

const shared = process.env.REST_EM_SHARED;
const probe = shared ? await probeBwrap({ lanes: 2 }) : null;
const skip = probe === null ? 'REST_EM_SHARED is not set' : probe.ok ? false : `${probe.reason} (${probe.remedy})`;
after(() => (probe?.ok ? probe.backend.close() : undefined));

interface Case {
  readonly id: string;
  /** What a cheat must define. */
  readonly fn: string;
  readonly solution: string;
  readonly setup: string;
  readonly units: readonly string[];
  readonly names?: readonly string[];
}

const rows = <T>(file: string): T[] =>
  readFileSync(join(shared!, 'data', file), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T);

const humaneval = (): Case[] =>
  rows<{ task_id: string; prompt: string; canonical_solution: string; test: string; entry_point: string }>('humaneval/test.jsonl').map(
    r => ({
      id: r.task_id,
      fn: r.entry_point,
      solution: r.prompt + r.canonical_solution,
      setup: `${r.prompt}    pass\n`,
      units: [`${r.test}\ncheck(${r.entry_point})\n`],
      names: [r.entry_point],
    }),
  );

const CHECKERS = new Set(['assert', 'set', 'abs', 'isclose', 'sorted', 'len', 'list', 'tuple', 'round', 'not']);
const testedFunction = (unit: string): string =>
  [...unit.matchAll(/([A-Za-z_]\w*)\s*\(/g)].map(m => m[1]!).find(name => !CHECKERS.has(name)) ?? 'f';

const mbpp = (): Case[] =>
  ['test', 'train', 'validation', 'prompt']
    .flatMap(split => rows<{ task_id: number; code: string; test_setup_code: string; test_list: string[] }>(`mbpp/${split}.jsonl`))
    .map(r => ({
      id: `MBPP/${r.task_id}`,
      fn: testedFunction(r.test_list[0]!),
      solution: r.code,
      setup: r.test_setup_code,
      units: r.test_list,
    }));

/** 'pass', the end of the unit that did not, or why it was not judged. */
async function judge({ setup, units, names }: Case, program: string): Promise<string> {
  assert.ok(probe?.ok);
  const passed: string[] = [];
  const job = {
    language: 'python',
    mode: 'assert',
    program,
    setup,
    asserts: units,
    limits: DEFAULT_LIMITS,
    ...(names && { names }),
  } as const;
  const unjudged = await probe.backend.run(job, ({ end }) => passed.push(end) > 0 && end === 'exit');
  if (unjudged) return `${unjudged.kind}: ${unjudged.reason}`;
  return passed.length === units.length && passed.at(-1) === 'exit' ? 'pass' : passed.at(-1)!;
}

const judgeAll = (cases: readonly Case[], programOf: (c: Case) => string) =>
  Promise.all(cases.map(async c => [c.id, await judge(c, programOf(c))] as const));

const EQUAL =
  'class Equal:\n    def __eq__(self, o): return True\n    def __ne__(self, o): return False\n    __lt__ = __le__ = __gt__ = __ge__ = __eq__\n    def __hash__(self): return 0\n    def __len__(self): return 3\n    def __abs__(self): return 0\n    def __sub__(self, o): return 0\n    __rsub__ = __sub__\n';

const CHEATS: Readonly<Record<string, (fn: string) => string>> = {
  'an object equal to everything': fn => `${EQUAL}def ${fn}(*a, **k):\n    return Equal()\n`,
  'a good exit at import': () => 'import sys\nsys.exit(0)\n',
  'a hard exit in the function': fn => `import os\ndef ${fn}(*a, **k):\n    os._exit(0)\n`,
  'a search for a list of results': fn =>
    `import sys\ndef ${fn}(*a, **k):\n    f = sys._getframe()\n    while f:\n        for v in [*f.f_locals.values(), *f.f_globals.values()]:\n            if isinstance(v, list): v.append('passed')\n            if isinstance(v, dict) and 'end' in v: v.update(end='passed')\n        f = f.f_back\n`,
};

describe('HumanEval and MBPP', { skip }, () => {
  test('HumanEval: all 164 canonical solutions pass', async () => {
    const results = await judgeAll(humaneval(), c => c.solution);
    assert.deepEqual(
      results.filter(([, got]) => got !== 'pass'),
      [],
    );
    assert.equal(results.length, 164);
  });

  test('MBPP: every reference solution passes but four whose tests cannot be split', async () => {
    const results = await judgeAll(mbpp(), c => c.solution);
    const others = results.filter(([, got]) => got !== 'pass');
    assert.equal(results.length, 974);
    assert.ok(
      others.every(([, got]) => got.startsWith('unsupported: ')),
      JSON.stringify(others),
    );
    assert.deepEqual(others.map(([id]) => id).sort(), ['MBPP/367', 'MBPP/533', 'MBPP/601', 'MBPP/927']);
  });

  for (const [name, cheat] of Object.entries(CHEATS))
    test(`${name} passes nothing`, async () => {
      const cases = [...humaneval(), ...mbpp().slice(0, 250)];
      assert.deepEqual(
        (await judgeAll(cases, c => cheat(c.fn))).filter(([, got]) => got === 'pass'),
        [],
      );
    });
});
