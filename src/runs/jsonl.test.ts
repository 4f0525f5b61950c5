import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { StoreError } from '../errors.ts';
import { appendJsonl, cutHalfLine, cutTo, linesOf, readJsonl } from './jsonl.ts';

const newFile = async () => join(await mkdtemp(join(tmpdir(), 'rest-em-')), 'rows.jsonl');
async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}
const valuesOf = (file: string) => all(readJsonl<unknown>(file));

test('what is appended is read back, whatever text it holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.jsonValue(), { maxLength: 4 }), { maxLength: 4 }), async waves => {
      const file = await newFile();
      for (const wave of waves) await appendJsonl(file, wave);
      assert.deepEqual(JSON.stringify(await valuesOf(file)), JSON.stringify(waves.flat()));
    }),
    { numRuns: 30 },
  );
});

test('a file that is not there has no lines', async () => {
  assert.deepEqual(await valuesOf(await newFile()), []);
});

test('a half-written last line is not read, and cutting it off leaves every whole line', async () => {
  const file = await newFile();
  await appendJsonl(file, [{ a: 'ß' }, { b: '語' }]);
  const whole = await readFile(file);
  for (const half of ['{', '{"c":"x"}', '語'.repeat(3)]) {
    await appendFile(file, half);
    assert.deepEqual(await valuesOf(file), [{ a: 'ß' }, { b: '語' }]);
    assert.equal(await cutHalfLine(file), Buffer.byteLength(half));
    assert.deepEqual(await readFile(file), whole);
  }
  assert.equal(await cutHalfLine(file), 0);
});

test('lines longer than a read chunk keep their text and their byte offsets', async () => {
  const file = await newFile();
  const rows = ['a', 'é'.repeat(100_000), '', 'b'.repeat(65_535)];
  await appendJsonl(file, rows);
  const lines = await all(linesOf(file));
  assert.deepEqual(
    lines.map(line => JSON.parse(line.text)),
    rows,
  );
  assert.equal(lines.at(-1)?.end, (await readFile(file)).length);
  assert.equal(await cutTo(file, lines[1]!.end), 3 + 65_538); // the empty text and the b's, each with quotes and a newline
  assert.equal((await valuesOf(file)).length, 2);
});

test('a damaged line in the middle is named by file and number', async () => {
  const file = await newFile();
  await writeFile(file, '{"a":1}\n{"a":\n{"a":3}\n');
  await assert.rejects(valuesOf(file), error => error instanceof StoreError && /rows\.jsonl line 2 is no JSON/.test(error.message));
});
