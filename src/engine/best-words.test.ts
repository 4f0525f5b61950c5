import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rngOf } from '../random.ts';
import { bestWords, logOfSum } from './best-words.ts';
import { symbol } from './graph/dims.ts';
import { Graph } from './graph/graph.ts';
import { Program } from './graph/program.ts';

const ROWS = 3;

async function run(vocab: number, k: number, data: Float32Array) {
  const g = new Graph();
  const logits = g.input('logits', 'float32', [symbol('rows'), vocab]);
  const best = bestWords(g, logits, k);
  g.output('words', best.words);
  g.output('logits', best.logits);
  g.output('all', logOfSum(g, logits, best.logits));
  const program = await Program.open(g, { threads: 1 });
  const outputs = await program.run(new Map([['logits', data]]), { rows: ROWS });
  await program.close();
  return outputs;
}

for (const [vocab, k, stages] of [
  [100, 7, 'one stage'],
  [2048, 8, 'two stages'],
  [2048, 40, 'one stage, because most blocks would be looked into'],
] as const) {
  test(`the ${k} best of ${vocab} words are found in order, with their logits: ${stages}`, async () => {
    const rng = rngOf(vocab + k);
    const data = Float32Array.from({ length: ROWS * vocab }, () => 20 * rng.next() - 10);
    data.fill(30, vocab, vocab + k); // all the best of one row in one block
    for (let i = 0; i < k; i++) data[vocab + i]! += i;
    const outputs = await run(vocab, k, data);
    for (let r = 0; r < ROWS; r++) {
      const row = data.subarray(r * vocab, (r + 1) * vocab);
      const expected = [...row.keys()].sort((a, b) => row[b]! - row[a]!).slice(0, k);
      const words = [...(outputs.get('words') as BigInt64Array).subarray(r * k, (r + 1) * k)].map(Number);
      assert.deepEqual(words, expected);
      assert.deepEqual(
        [...(outputs.get('logits') as Float32Array).subarray(r * k, (r + 1) * k)],
        expected.map(w => row[w]!),
      );
      const all = Math.log(row.reduce((sum, x) => sum + Math.exp(x - 40), 0)) + 40;
      assert.ok(Math.abs((outputs.get('all') as Float32Array)[r]! - all) < 1e-4);
    }
  });
}

test('the log of the sum over a large vocabulary is right to 1e-5', async () => {
  const vocab = 49152;
  const rng = rngOf(3);
  const data = Float32Array.from({ length: ROWS * vocab }, () => 6 * (rng.next() + rng.next() + rng.next()) - 9);
  const all = (await run(vocab, 4, data)).get('all') as Float32Array;
  for (let r = 0; r < ROWS; r++) {
    const exact = Math.log(data.subarray(r * vocab, (r + 1) * vocab).reduce((sum, x) => sum + Math.exp(x), 0));
    assert.ok(Math.abs(all[r]! - exact) < 1e-5, `${all[r]} for ${exact}`);
  }
});
