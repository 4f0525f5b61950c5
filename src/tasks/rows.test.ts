import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { cellText, readRows } from './rows.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rows-'));
});
after(() => rm(dir, { recursive: true }));

async function written(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(dir, name), content);
  return join(dir, name);
}

async function complaints(file: string, columns: readonly string[] = []): Promise<string[]> {
  const error = await readRows(file, columns).then(
    () => assert.fail(`${file} was read`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigError, String(error));
  return error.complaints.map(({ field, message }) => `${field.replace(dir, '')}: ${message}`);
}

test('the rows of a JSONL file come in order, with their lines', async () => {
  const rows = await readRows(await written('good.jsonl', '\uFEFF{"q": "é", "a": 1}\r\n\n{"q": "two", "a": 2, "more": null}\n'), [
    'q',
    'a',
  ]);
  assert.deepEqual(
    rows.map(({ place, number, columns }) => [place.split(':').at(-1), number, columns]),
    [
      ['1', 1, { q: 'é', a: 1 }],
      ['3', 2, { q: 'two', a: 2, more: null }],
    ],
  );
});

test('everything that is wrong with a file is reported at once, with its line', async () => {
  const file = await written('bad.jsonl', '{"q": "one", "a": 1}\n{"q": \n[1]\n{"a": 2}\n{}\n');
  const [json, list, ...rest] = await complaints(file, ['q', 'a']);
  assert.match(json!, /^\/bad\.jsonl:2: is not JSON: /);
  assert.match(list!, /^\/bad\.jsonl:3: is not a record/);
  assert.deepEqual(rest, ["/bad.jsonl:4: no column 'q'; there are: a", "/bad.jsonl:5: no column 'q', 'a'; there are: none"]);
  assert.equal((await complaints(file, ['constructor'])).length, 5);
});

test('twenty complaints are shown, and how many more there are', async () => {
  const list = await complaints(await written('long.jsonl', '{"a": 1}\n'.repeat(25)), ['question']);
  assert.equal(list.length, 21);
  assert.equal(list[20], 'and: 5 more of the kind');
});

test('a file that is missing, empty, no text, or of another format is refused in one line', async () => {
  assert.deepEqual(await complaints(join(dir, 'none.jsonl')), ['/none.jsonl: there is no such file']);
  assert.deepEqual(await complaints(await written('empty.jsonl', '\n')), ['/empty.jsonl: has no rows']);
  assert.deepEqual(await complaints(await written('bytes.jsonl', Uint8Array.of(0xff, 0xfe))), ['/bytes.jsonl: is not UTF-8 text']);
  assert.deepEqual(await complaints(await written('rows.txt', 'a,b')), [
    '/rows.txt: not a format we read; accepted: .jsonl, .csv, .parquet',
  ]);
  const [parquet, ...none] = await complaints(await written('torn.parquet', 'PAR1 and no more'));
  assert.match(parquet!, /^\/torn\.parquet: cannot be read as Parquet: /);
  assert.deepEqual(none, []);
});

// The fixtures hold the same three rows, written by pyarrow 26: text, int64 (the last one null), double, list of text.
for (const codec of ['snappy', 'zstd']) {
  test(`a Parquet file compressed with ${codec} is read, its 64-bit column too`, async () => {
    const rows = await readRows(join(import.meta.dirname, 'fixtures', `rows-${codec}.parquet`), ['question', 'answer']);
    const cells = rows.map(({ columns }) => [columns.answer, columns.ratio, columns.tags].map(cellText));
    assert.deepEqual(cells, [
      ['7', '7', null],
      ['30', '30', null],
      [null, '2.5', null],
    ]);
    assert.match(String(rows[1]!.columns.question), /^A box holds 6 eggs/);
  });
}

test('a Parquet file without the named column says which there are', async () => {
  const [first] = await complaints(join(import.meta.dirname, 'fixtures', 'rows-zstd.parquet'), ['target']);
  assert.match(first!, /rows-zstd\.parquet:1: no column 'target'; there are: question, answer, ratio, tags$/);
});

test('the cells of a CSV file may hold commas, quotes and line ends', async () => {
  const file = await written('good.csv', '\uFEFFid,question\r\n1,"a, ""b""\nc"\r\n\r\n2,\n');
  const rows = await readRows(file, ['id', 'question']);
  assert.deepEqual(
    rows.map(({ number, columns }) => [number, columns]),
    [
      [1, { id: '1', question: 'a, "b"\nc' }],
      [2, { id: '2', question: '' }],
    ],
  );
  assert.deepEqual(await complaints(await written('torn.csv', 'a,b\n1,2,3\n4,5\n')), ['/torn.csv:1: has 3 cells where the head has 2']);
  assert.match((await complaints(await written('open.csv', 'a,b\n1,"2\n')))[0]!, /^\/open\.csv: cannot be read as CSV at character 7/);
});

test('a cell is text where it has one text, and nothing where JSON has already rounded it', () => {
  const cells = [' a ', 322.0, 0.6666666667, -2.5, 1e-7, 9007199254740993n, true, 2 ** 53, 1e21, Number.NaN, null, undefined, [1], {}];
  assert.deepEqual(cells.map(cellText), [
    ' a ',
    '322',
    '0.6666666667',
    '-2.5',
    '0.0000001',
    '9007199254740993',
    'true',
    ...Array(7).fill(null),
  ]);
});
