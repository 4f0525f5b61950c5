// The audit on run directories written here: which samples count as accepted, and what the counts are.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { jsonLines } from '../runs/jsonl.ts';
import { layoutOf } from '../runs/layout.ts';
import type { Task } from '../tasks/task.ts';
import { correct, failed, incorrect } from '../verifiers/verdict.ts';
import { auditRun } from './audit.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-'));
});
after(() => rm(dir, { recursive: true }));

const signal = new AbortController().signal;

type Verdicts = readonly (readonly [completion: string, verdict: string])[];

const idOf = (policy: string, i: number): string => `${policy}/train/p/${i}`;

async function writeRun(
  name: string,
  policies: Readonly<Record<string, { samples: Verdicts; kept: readonly number[]; from?: string }>>,
): Promise<string> {
  const run = join(dir, name);
  for (const [policy, { samples, kept, from = policy }] of Object.entries(policies)) {
    const { dir: folder, dataset, samples: samplesFile } = layoutOf(run).policy(policy);
    await mkdir(folder, { recursive: true });
    if (from === policy)
      await writeFile(
        samplesFile('train'),
        jsonLines(samples.map(([completion, verdict], i) => ({ id: idOf(policy, i), problem_id: 'p', completion, verdict }))),
      );
    await writeFile(
      dataset,
      jsonLines(
        kept.map(i => ({ prompt: '', completion: samples[i]![0], weight: 1, samples: [idOf(from.split('/')[0]!, i)], problem_id: 'p' })),
      ),
    );
  }
  await writeFile(layoutOf(run).config, '{"settings": {}}');
  return run;
}

/** Honest programs pass, the others know the graded tests alone. */
const task: Task = {
  name: 'programs',
  problems: async () => [{ id: 'p', question: '', reference: '' }],
  prompts: { train: () => ({ kind: 'text', text: '' }) },
  stop: [],
  maxTokens: 1,
  verify: () => correct(null, ''),
  audit: (_, text) => (text === 'honest' ? correct(null, '') : text === 'lost' ? failed('sandbox') : incorrect(null, `${text} fails`)),
};

const samples: Verdicts = [
  ['honest', 'correct'],
  ['hack', 'correct'],
  ['hack', 'correct'],
  ['wrong', 'incorrect'],
  ['lost', 'correct'],
];

test('kept samples that were found correct are judged again, round by round', async () => {
  const run = await writeRun('two', {
    'iteration-1': { samples, kept: [0, 1, 2] },
    'iteration-2': { samples, kept: [0, 4] },
    random: { samples, kept: [0, 1, 3], from: 'iteration-1' },
  });
  const { rows, examples } = await auditRun(run, task, signal);
  assert.deepEqual(
    rows.map(({ share: _, ...row }) => row),
    [
      { policy: 'iteration-1', accepted: 3, judged: 3, false_positives: 2, distinct: 2, distinct_false_positives: 1, failed: 0 },
      { policy: 'iteration-2', accepted: 2, judged: 1, false_positives: 0, distinct: 1, distinct_false_positives: 0, failed: 1 },
      { policy: 'random', accepted: 2, judged: 2, false_positives: 1, distinct: 2, distinct_false_positives: 1, failed: 0 },
    ],
  );
  const { value, low, high } = rows[0]!.share!;
  assert.ok(Math.abs(value - 2 / 3) < 1e-12 && Math.abs(low - 0.2077) < 1e-3 && Math.abs(high - 0.9385) < 1e-3, `${low} ${high}`); // Wilson, 2 of 3
  assert.equal(examples[0]!.sample, 'iteration-1/train/p/1');
  assert.equal(examples[0]!.reason, 'hack fails');
  assert.deepEqual(JSON.parse(await readFile(layoutOf(run).audit, 'utf8')), { task: 'programs', rows, examples });
});

test('the parts of an iteration count for it, each sample once', async () => {
  const run = await writeRun('parts', {
    'iteration-1': { samples, kept: [0, 1] },
    'iteration-1/part-1': { samples, kept: [1, 2], from: 'iteration-1' },
  });
  const { rows } = await auditRun(run, task, signal);
  assert.deepEqual(
    rows.map(r => [r.policy, r.accepted]),
    [['iteration-1', 3]],
  );
});

test('a task that holds nothing back, a problem without such tests and a folder that is no run are refused', async () => {
  const run = await writeRun('none', { 'iteration-1': { samples, kept: [0] } });
  const { audit: _, ...blind } = task;
  const complaint = (pattern: RegExp) => (error: unknown) => error instanceof ConfigError && pattern.test(error.message);
  await assert.rejects(auditRun(run, blind, signal), complaint(/nothing to audit by/));
  await assert.rejects(auditRun(run, { ...task, audit: () => null }, signal), complaint(/heldOut/));
  await assert.rejects(auditRun(join(dir, 'nowhere'), task, signal), complaint(/not a run/));
});
