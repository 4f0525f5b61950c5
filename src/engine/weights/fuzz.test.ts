// Valid files with a few bytes changed, cut or repeated: opened and read whole they either load or are refused by a ModelError, without
// asking for memory that the file cannot fill. Each seed is a case of its own, so a failure can be repeated by its number.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ModelError } from '../../errors.ts';
import { type Rng, rngOf, seedOf } from '../../random.ts';
import { openModel, readAll } from './open.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-fuzz-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

const CASES = 300;
const MOST_BYTES = 100e6;

/** The most memory that this process has had. */
const peakBytes = () => process.resourceUsage().maxRSS * 1024;

/** Changes that damage does: single bits, bytes that make numbers huge, a run of zeros, an end cut off. `head`: most of them fall there. */
function damaged(bytes: Buffer, head: number, rng: Rng): Buffer {
  const copy = Buffer.from(bytes);
  const place = () => rng.below(rng.next() < 0.8 ? head : copy.length);
  for (let n = 1 + rng.below(4); n > 0; n--) {
    const at = place();
    const kind = rng.below(4);
    if (kind === 0) copy[at]! ^= 1 << rng.below(8);
    else if (kind === 1) copy.fill(255, at, Math.min(copy.length, at + 1 + rng.below(8)));
    else if (kind === 2) copy.fill(0, at, Math.min(copy.length, at + 1 + rng.below(16)));
    else copy[at] = rng.below(256);
  }
  return rng.next() < 0.1 ? copy.subarray(0, rng.below(copy.length)) : copy;
}

async function outcome(path: string): Promise<'loads' | 'refused'> {
  try {
    const source = await openModel(path);
    try {
      for await (const _ of readAll(source));
    } finally {
      await source.close();
    }
    return 'loads';
  } catch (error) {
    assert.ok(error instanceof ModelError, `${error instanceof Error ? error.stack : error}`);
    assert.doesNotMatch(error.message, /\n/);
    return 'refused';
  }
}

async function fuzz(name: string, bytes: Buffer, head: number, put: (damaged: Buffer) => string): Promise<void> {
  const counts = { loads: 0, refused: 0 };
  await outcome(put(bytes));
  const before = peakBytes();
  for (let seed = 0; seed < CASES; seed++) {
    const result = await outcome(put(damaged(bytes, head, rngOf(seedOf('fuzz', name, seed))))).catch((error: unknown) => {
      throw new Error(`${name}, case ${seed}`, { cause: error });
    });
    counts[result] += 1;
  }
  const grown = peakBytes() - before;
  assert.ok(grown < MOST_BYTES, `${grown} bytes more`);
  assert.ok(counts.loads > 5 && counts.refused > CASES / 3, JSON.stringify(counts));
}

test('a GGUF file with damaged bytes loads or is refused', () => {
  const path = join(HERE, 'model.gguf');
  const bytes = readFileSync(join(FIXTURES, 'micro.gguf'));
  const head = bytes.length - 16000;
  return fuzz('gguf', bytes, head, damage => {
    writeFileSync(path, damage);
    return path;
  });
});

for (const [file, headOf] of [
  ['model.safetensors', (bytes: Buffer) => 8 + Number(bytes.readBigUInt64LE())],
  ['config.json', (bytes: Buffer) => bytes.length],
  ['tokenizer.json', (bytes: Buffer) => bytes.length],
] as const)
  test(`a folder whose ${file} has damaged bytes loads or is refused`, () => {
    const folder = join(HERE, file.replace('.', '-'));
    cpSync(join(FIXTURES, 'micro'), folder, { recursive: true });
    const bytes = readFileSync(join(folder, file));
    return fuzz(file, bytes, headOf(bytes), damage => {
      writeFileSync(join(folder, file), damage);
      return folder;
    });
  });
