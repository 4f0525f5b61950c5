// rest-em serve as a command: what it prints, what it refuses before it opens a model, and how Ctrl-C ends it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const MICRO = join(ROOT, 'src/engine/weights/fixtures/micro');

interface Running {
  readonly child: ChildProcess;
  /** The first line of standard output; empty when it ended without one. */
  readonly line: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

function serve(...args: string[]): Running {
  const child = spawn(process.execPath, [join(ROOT, 'bin/rest-em.js'), 'serve', MICRO, ...args], {
    env: { ...process.env, REST_EM_API_KEY: '' },
  });
  let [out, err] = ['', ''];
  child.stderr.on('data', part => (err += part));
  const line = new Promise<string>(resolve => {
    child.stdout.on('data', part => {
      out += part;
      if (out.includes('\n')) resolve(out.split('\n')[0]!);
    });
    child.on('close', () => resolve(''));
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>(resolve =>
    child.on('close', code => resolve({ code, out, err })),
  );
  return { child, line, ended };
}

const ask = (url: string, body: object) =>
  fetch(`${url}/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

test('it says where it listens, answers, and Ctrl-C with nothing under way is a clean end', async () => {
  const { child, line, ended } = serve('--port', '0', '--model-name', 'mine', '--log');
  const said = /^mine at (http:\/\/127\.0\.0\.1:\d+\/v1) \(Ctrl-C stops it\)$/.exec(await line);
  assert.ok(said, await line);
  const answer = (await (await ask(said[1]!, { model: 'mine', prompt: 'abc', max_tokens: 3 })).json()) as { model: string };
  assert.equal(answer.model, 'mine');
  child.kill('SIGINT');
  const { code, out, err } = await ended;
  assert.equal(code, 0, err);
  assert.equal(out.split('\n').length, 2);
  assert.match(err, /^200 POST \/v1\/completions$/m);
});

test('Ctrl-C with no time to finish cuts answers off and exits with 130', async () => {
  const { child, line, ended } = serve('--port', '0', '--json', '--grace', '0', '--rows', '1');
  const { url, model, port } = JSON.parse(await line) as { url: string; model: string; port: number };
  assert.deepEqual([model, url], ['micro', `http://127.0.0.1:${port}/v1`]);
  const stream = await ask(url, { prompt: 'abc', n: 128, max_tokens: 60, stream: true });
  child.kill('SIGINT');
  assert.match(await stream.text(), /the server is stopping/);
  const { code, err } = await ended;
  assert.equal(code, 130, err);
  assert.match(err, /rest-em: stopped; some answers were cut off/);
});

test('what is wrong with the command is said in one line before anything is opened', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [
      ['--host', '0.0.0.0'],
      /^rest-em: --host: got 0\.0\.0\.0, which other machines may reach; accepted: with --api-key KEY, or with --insecure/,
    ],
    [['--host', '::'], /^rest-em: --host/],
    [['--api-key', ''], /^rest-em: --api-key: is empty$/],
    [['--context', '65'], /^rest-em: --context: got 65; the model has 64 positions$/],
    [['--port', '-1'], /port/],
    [['--port', String(port)], /^rest-em: 127\.0\.0\.1:\d+: cannot be listened on: EADDRINUSE; try --port 0$/],
  ];
  const ends = await Promise.all(wrong.map(([args]) => serve(...args).ended));
  taken.close();
  for (const [i, { code, out, err }] of ends.entries()) {
    assert.deepEqual([code, out], [2, ''], err);
    assert.match(err.trim(), wrong[i]![1]);
    assert.equal(err.trim().split('\n').length, 1, err);
  }
});
