// A checkpoint that our engine has fitted and written, read by transformers: the same token ids, the same chats, the same log-probabilities.
// Needs a Python with torch and transformers, named by the environment variable REST_EM_PYTHON; nothing else of this project does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Engine } from '../../src/engine/engine.ts';
import { openModel } from '../../src/engine/weights/open.ts';
import type { Message } from '../../src/prompt.ts';
import { rngOf, seedOf } from '../../src/random.ts';
import type { FitRow, FitSettings } from '../../src/requests.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCRIPT = join(import.meta.dirname, 'fixtures/transformers_reads.py');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-transformers-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

const MODELS = { micro: 'src/engine/weights/fixtures/micro', 'tiny-s': 'models/tiny-s', 'tiny-m': 'models/tiny-m' };

const python = process.env.REST_EM_PYTHON;

function whyNot(): string | false {
  if (python === undefined) return 'REST_EM_PYTHON is not set';
  const { status } = spawnSync(python, ['-c', 'import torch, transformers']);
  return status === 0 ? false : `${python} has no torch and transformers`;
}
const skip = whyNot();

interface Read {
  readonly ids: readonly (readonly number[])[];
  readonly decoded: readonly string[];
  readonly chats: readonly string[];
  /** [sequence][token], of every token but the first. */
  readonly logprobs: readonly (readonly number[])[];
  readonly eosIds: number | readonly number[];
}

interface Asked {
  readonly dir: string;
  readonly texts: readonly string[];
  readonly chats: readonly (readonly Message[])[];
  readonly sequences: readonly (readonly number[])[];
}

function readByTransformers(asked: Asked): Read {
  const env = { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' };
  const { status, stdout, stderr } = spawnSync(python!, [SCRIPT], { input: JSON.stringify(asked), env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const FIT: FitSettings = {
  ...{ learningRate: 3e-3, epochs: 2, batchSize: 2, warmup: 0, schedule: 'constant', weightDecay: 0.01, clip: 1 },
  ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, seed: 5, reduction: 'token-mean' },
};
const ROWS = ['10 pens', '10 - 4 = 6', 'six', 'Mia has 6'].map(
  (completion, i): FitRow => ({ id: `row-${i}`, prompt: { kind: 'text', text: 'Q: 10 pens, 4 lost?\nA:' }, completion, weight: 1 }),
);
const TEXTS = ['Q: Tom has 12 pens.\nA: 12 * 3 = 36', ' two  spaces\n\n', 'naïve Ünïcode 猫 🐈', '<|endoftext|>a<|im_end|>', ''];
const CHATS: readonly (readonly Message[])[] = [
  [{ role: 'user', content: 'How many?' }],
  [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'One and one?' },
    { role: 'assistant', content: '2' },
    { role: 'user', content: 'And one?' },
  ],
];

/** Random ids, up to `longest`: no tokenizer is between the two models here. */
function sequencesOf(vocabSize: number, longest: number): number[][] {
  const rng = rngOf(seedOf('sequences'));
  return [2, 3, 17, longest].map(length => Array.from({ length }, () => rng.below(vocabSize)));
}

const worst = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((row, i) => row.map((x, j) => Math.abs(x - b[i]![j]!))));

for (const [name, path] of Object.entries(MODELS)) {
  const model = join(ROOT, path);
  const noModel = existsSync(model) ? false : `${path} is not there`;

  test(`transformers reads a checkpoint of ${name} as our scorer and tokenizer do`, { skip: skip || noModel }, async () => {
    const dir = join(HERE, name);
    const engine = new Engine({ threads: 1, rows: 8, maxTokens: 2048 }, () => false);
    await engine.fitOpen(model, ROWS, FIT);
    for (let epoch = 1; epoch <= FIT.epochs; epoch++) await engine.fitEpoch();
    await engine.fitSave(dir);
    await engine.fitClose();

    const { config, tokenizer, close } = await openModel(dir);
    const chats = tokenizer.hasChatTemplate ? CHATS : [];
    const sequences = sequencesOf(config.vocab, config.maxPositions);
    const scoreRows = sequences.map(ids => ({ prompt: { kind: 'ids' as const, ids: ids.slice(0, 1) }, completion: ids.slice(1) }));
    const read = readByTransformers({ dir, texts: TEXTS, chats, sequences });

    const ids = TEXTS.map(text => tokenizer.encode(text, { addSpecial: true }));
    assert.deepEqual(read.ids, ids);
    assert.deepEqual(
      read.decoded,
      ids.map(row => tokenizer.decode(row, { skipSpecial: true })),
    );
    assert.deepEqual(
      read.chats,
      chats.map(chat => tokenizer.renderChat(chat, { addGenerationPrompt: true })),
    );
    assert.deepEqual([read.eosIds].flat(), tokenizer.eosIds);
    assert.ok(worst(read.logprobs, await engine.score(dir, scoreRows)) < 1e-4);
    assert.ok(worst(read.logprobs, await engine.score(model, scoreRows)) > 1e-2, 'the fit has changed the weights');
    await close();
  });
}
