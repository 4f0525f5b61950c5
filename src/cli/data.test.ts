// The data commands: what they print and refuse. Pulling itself is tested in src/data/pull.test.ts; here it is the environment that counts.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { hubCacheOf, isHubOffline } from './hub.ts';
import { runCommand } from './main.ts';

const HERE = mkdtempSync(join(tmpdir(), 'rest-em-data-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

async function data(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let out = '';
  let err = '';
  const code = await runCommand(['data', ...args], {
    cwd: HERE,
    env: { HF_HOME: join(HERE, 'home'), ...env },
    input: Readable.from([]),
    out: text => {
      out += text;
    },
    drained: () => Promise.resolve(),
    err: text => {
      err += text;
    },
    isTerminal: false,
    columns: 80,
    signal: new AbortController().signal,
    clock: () => 0,
  });
  return { code, out, err };
}

function put(name: string, text: string): string {
  mkdirSync(dirname(join(HERE, name)), { recursive: true });
  writeFileSync(join(HERE, name), text);
  return join(HERE, name);
}

test('the cache is where the tools of the Hub have it', () => {
  const at = (env: Readonly<Record<string, string>>) => hubCacheOf({ env, cwd: '/here' });
  assert.equal(at({ HOME: '/home/a' }), '/home/a/.cache/huggingface/hub');
  assert.equal(at({ HOME: '/home/a', XDG_CACHE_HOME: '/cache' }), '/cache/huggingface/hub');
  assert.equal(at({ HOME: '/home/a', HF_HOME: '/hf' }), '/hf/hub');
  assert.equal(at({ HF_HOME: '/hf', HF_HUB_CACHE: 'mine' }), '/here/mine');
  for (const [value, expected] of [
    ['1', true],
    ['true', true],
    ['ON', true],
    ['0', false],
    ['', false],
  ] as const)
    assert.equal(isHubOffline({ env: { HF_HUB_OFFLINE: value } }), expected);
});

test('offline, one line says what to do; nothing is on standard output', async () => {
  const { code, out, err } = await data(['pull', 'gsm8k'], { HF_HUB_OFFLINE: '1' });
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /^rest-em: openai\/gsm8k is not in .*home\/hub, and HF_HUB_OFFLINE is set: .*local files[^\n]*\n$/);
});

test('a set that nobody knows, and a revision that is none, are refused before any request', async () => {
  assert.match((await data(['pull', 'gsm9k'])).err, /^rest-em: gsm9k: no data set we know; known: /);
  const { code, err } = await data(['pull', 'gsm8k', '--revision', '../x']);
  assert.equal(code, 2);
  assert.match(err, /--revision: got "\.\.\/x"/);
});

test('HF_ENDPOINT names the server that is asked, and what it sends is printed and found again by name', async () => {
  const commit = 'b'.repeat(40);
  const row = '{"problem": "1+1?", "solution": "$\\\\boxed{2}$", "answer": "2", "subject": "Algebra", "level": 1}\n';
  const server = createServer((request, response) => {
    const file = request.url?.endsWith('/test.jsonl')
      ? 'test.jsonl'
      : request.url?.includes('/resolve/')
        ? 'algebra/train-0.parquet'
        : null;
    if (file === null) {
      const names = request.url?.includes('MATH-500') ? ['test.jsonl'] : ['algebra/train-0.parquet', 'README.md'];
      response.end(JSON.stringify({ sha: commit, siblings: names.map(rfilename => ({ rfilename })) }));
    } else response.writeHead(200, { ETag: `"${file.replace(/\W/g, '')}"`, 'Content-Length': Buffer.byteLength(row) }).end(row);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const env = { HF_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, HF_HUB_CACHE: join(HERE, 'mirror') };
  try {
    const { code, out, err } = await data(['pull', 'math-500'], env);
    assert.deepEqual([code, err], [0, 'EleutherAI/hendrycks_math/algebra/train-0.parquet\nHuggingFaceH4/MATH-500/test.jsonl\n']);
    assert.deepEqual(
      out.split('\n').map(line => line.split('\t')[0]),
      ['train', 'test', ''],
    );
    const list = JSON.parse((await data(['list', '--json'], env)).out) as { readonly name: string; readonly here: boolean }[];
    assert.deepEqual(
      list.filter(set => set.here).map(set => set.name),
      ['math-500'],
    );
    const train = put('train.jsonl', row.replace('1+1', '2+2'));
    const check = await data(['check', 'math-500', '--set', `task.train=${train}`, '--json'], env);
    assert.deepEqual(JSON.parse(check.out).splits.test, {
      problems: 1,
      solutions: 1,
      levels: { 1: 1 },
      subjects: { Algebra: 1 },
      notes: [],
    });
  } finally {
    server.close();
  }
});

test('check reads what a run would read and complains as a run would', async () => {
  put(
    'a.jsonl',
    '{"problem": "1+1?", "solution": "$\\\\boxed{2}$", "type": "Algebra", "level": "Level 2"}\n{"problem": "2+1?", "solution": "$\\\\boxed{3}$"}\n',
  );
  put('b.jsonl', '{"problem": "1 + 1?", "solution": "$\\\\boxed{2}$"}\n');
  const { code, out } = await data(['check', 'math', '--set', 'task.train=a.jsonl', '--set', 'task.test=b.jsonl']);
  assert.equal(code, 0);
  assert.deepEqual(out.split('\n'), [
    'math train: 1 problems, 1 with a human solution',
    '  note: 1 of 2 training problems left out: they are in the test set',
    'math test: 1 problems, 1 with a human solution',
    '',
  ]);
  put('c.jsonl', '{"problem": "1+1?"}\n');
  const refused = await data(['check', 'math', '--set', 'task.train=c.jsonl', '--set', 'task.test=b.jsonl']);
  assert.deepEqual([refused.code, refused.out], [2, '']);
  assert.match(refused.err, /c\.jsonl:1: column 'solution' is missing/);
});

test('an exam becomes prompts, a sheet, and a total', async () => {
  put('exam.jsonl', '{"problem": "What is 2^5?"}\n');
  const prompts = await data(['prompts', 'exam.jsonl']);
  assert.deepEqual(JSON.parse(prompts.out), { id: 'q01', prompt: 'Problem:\nWhat is 2^5?\n\nSolution:' });
  put('sampled.jsonl', '{"id": "q01", "prompt": "x", "completions": [{"text": " 32"}, {"text": " 30"}]}\n');
  const sheet = await data(['sheet', 'exam.jsonl', '--in', 'sampled.jsonl']);
  put('sheet.csv', sheet.out.replace('" 32","",""', '" 32","2","2"').replace('" 30","",""', '" 30","0","2"'));
  assert.equal((await data(['total', 'sheet.csv'])).out, '2 of 4 points, 50 %, in 2 solutions\n');
  assert.match(
    (await data(['sheet', 'exam.jsonl', '--in', 'sampled.jsonl', '--format', 'pdf'])).err,
    /--format: got "pdf"; accepted: csv, md/,
  );
  assert.match((await data(['prompts', 'hungarian'])).err, /hungarian: is not here; `rest-em data pull hungarian` brings it/);
});
