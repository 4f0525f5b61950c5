// Adapters between PEFT and us: one that our engine has fitted gives PEFT our log-probabilities, and those that PEFT makes (of another rank for some
// modules, scaled by the root of the rank) give us PEFT's. Needs a Python with torch, transformers and peft, named by REST_EM_PYTHON.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Engine } from '../../src/engine/engine.ts';
import { openModel } from '../../src/engine/weights/open.ts';
import { rngOf, seedOf } from '../../src/random.ts';
import type { FitRow, FitSettings } from '../../src/requests.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCRIPT = join(import.meta.dirname, 'fixtures/peft_reads.py');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-peft-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

const python = process.env.REST_EM_PYTHON;

function whyNot(): string | false {
  if (python === undefined) return 'REST_EM_PYTHON is not set';
  const { status } = spawnSync(python, ['-c', 'import torch, transformers, peft']);
  return status === 0 ? false : `${python} has no torch, transformers and peft`;
}
const skip = whyNot();

interface Answer {
  /** [sequence][token], of every token but the first. */
  readonly ours: readonly (readonly number[])[];
  /** The same for each adapter that was made. */
  readonly theirs: readonly (readonly (readonly number[])[])[];
}

/** Settings of adapters that PEFT is to make. */
const MAKE = [
  { r: 4, lora_alpha: 8, target_modules: ['q_proj', 'v_proj'] },
  { r: 8, lora_alpha: 16, use_rslora: true, target_modules: 'all-linear' },
  { r: 4, lora_alpha: 4, target_modules: ['k_proj', 'up_proj', 'down_proj'], rank_pattern: { k_proj: 2 }, alpha_pattern: { up_proj: 12 } },
];

const FIT: FitSettings = {
  ...{ learningRate: 2e-2, epochs: 2, batchSize: 2, warmup: 0, schedule: 'constant', weightDecay: 0.01, clip: 1 },
  ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, seed: 5, reduction: 'token-mean', lora: { rank: 4, alpha: 8, targets: 'all-linear' } },
};
const ROWS = ['10 pens', '10 - 4 = 6', 'six'].map(
  (completion, i): FitRow => ({ id: `row-${i}`, prompt: { kind: 'text', text: 'Q: 10 pens, 4 lost?\nA:' }, completion, weight: 1 }),
);

const worst = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((row, i) => row.map((x, j) => Math.abs(x - b[i]![j]!))));

for (const [name, path] of Object.entries({ 'llama-tied': 'src/engine/fixtures/models/llama-tied', 'tiny-s': 'models/tiny-s' })) {
  const base = join(ROOT, path);
  const noModel = existsSync(base) ? false : `${path} is not there`;

  test(`PEFT reads our adapter of ${name}, and we read PEFT's`, { skip: skip || noModel }, async () => {
    const adapter = join(HERE, name);
    const engine = new Engine({ threads: 1, rows: 8, maxTokens: 2048 }, () => false);
    await engine.fitOpen(base, ROWS, FIT);
    for (let epoch = 1; epoch <= FIT.epochs; epoch++) await engine.fitEpoch();
    await engine.fitSave(adapter);
    await engine.fitClose();

    const { config, close } = await openModel(base);
    await close();
    const rng = rngOf(seedOf('sequences'));
    const sequences = [2, 3, 17, 60].map(length => Array.from({ length }, () => rng.below(config.vocab)));
    const input = JSON.stringify({ base, adapter, sequences, to: join(HERE, `${name}-theirs`), make: MAKE });
    const env = { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' };
    const { status, stdout, stderr } = spawnSync(python!, [SCRIPT], { input, env, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const answer: Answer = JSON.parse(stdout);

    const rows = sequences.map(ids => ({ prompt: { kind: 'ids' as const, ids: ids.slice(0, 1) }, completion: ids.slice(1) }));
    const alone = await engine.score(base, rows);
    assert.ok(worst(answer.ours, await engine.score(adapter, rows)) < 1e-4);
    assert.ok(worst(answer.ours, alone) > 1e-2, 'the fit has changed the model');
    for (const [i, theirs] of answer.theirs.entries()) {
      assert.ok(worst(theirs, await engine.score(join(HERE, `${name}-theirs/${i}`), rows)) < 2e-4, `adapter ${i}`);
      assert.ok(worst(theirs, alone) > 1e-2, `adapter ${i} does nothing`);
    }
  });
}
