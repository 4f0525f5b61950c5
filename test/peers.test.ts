// The bench against others, as far as it needs none of them: the 4-bit file it makes for llama.cpp, the work it hands out, and its refusals.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { q40, writeQ40 } from '../bench/peers/q4-0.ts';
import { makeWork } from '../bench/peers/work.ts';
import { exportModel } from '../src/config/export.ts';
import { encodings } from '../src/engine/weights/encodings.ts';
import { openModel } from '../src/engine/weights/open.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TINY = join(ROOT, 'models/tiny-s');
const dir = mkdtempSync(join(tmpdir(), 'rest-em-peers-test-'));
after(() => rmSync(dir, { recursive: true, force: true }));

/** What becomes of `node bench/main.ts ARGS` with nothing of the environment but the path. */
async function bench(args: readonly string[]): Promise<{ code: number; stderr: string }> {
  const env = { PATH: process.env.PATH, HOME: dir };
  const command = promisify(execFile)(process.execPath, [join(ROOT, 'bench/main.ts'), ...args], { cwd: dir, env });
  return command.then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
  );
}

test('a block in 4 bits holds its largest number exactly and every other within half a step, the far end within one', () => {
  const values = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i * i) * (i < 32 ? 1 : 0.25));
  values[5] = -2;
  const bytes = q40(values);
  const out = new Float32Array(64);
  encodings.Q4_0.decode(new DataView(bytes.buffer as ArrayBuffer), out, 0, 2);
  assert.equal(out[5], -2);
  const steps = [0, 32].map(from => Math.max(...values.slice(from, from + 32).map(Math.abs)) / 8);
  const bound = (i: number) => (Math.sign(values[i]!) === -1 || i >= 32 ? 1.01 : 0.51) * steps[i < 32 ? 0 : 1]!;
  for (const [i, value] of values.entries()) assert.ok(Math.abs(out[i]! - value) <= bound(i), `${i}: ${value} became ${out[i]}`);
});

test('a file in 4 bits opens, and its weights are those of the model but for rounding', async () => {
  const half = join(dir, 'half.gguf');
  const four = join(dir, 'four.gguf');
  await exportModel({ path: TINY, to: half, type: 'f16' });
  await writeQ40(half, four);
  const [exact, rounded] = [await openModel(half), await openModel(four)];
  try {
    assert.deepEqual(rounded.config, exact.config);
    const types = new Set([...rounded.tensors.values()].map(t => t.dtype));
    assert.ok(types.has('Q4_0') && types.has('Q8_0'), [...types].join());
    for (const name of exact.tensors.keys()) {
      const [a, b] = [await exact.read(name), await rounded.read(name)];
      const apart = Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / a.reduce((sum, x) => sum + x * x, 0));
      assert.ok(apart < 0.12, `${name}: ${apart}`);
    }
  } finally {
    await exact.close();
    await rounded.close();
  }
});

test('no model, no prompts and no such peer are one line each, with exit code 2', async () => {
  const model = ['--model', TINY];
  for (const [args, says] of [
    [[], /no model at hand.*models pull/],
    [['--model', join(dir, 'none')], /none/],
    [model, /--prompts.*data pull svamp/],
    [[...model, '--peers', 'nobody'], /--peers.*nobody.*ours_fp32/],
    [[...model, '--cores', 'x'], /--cores.*x/],
    [['--speed'], /--speed/],
  ] as const) {
    const { code, stderr } = await bench(args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});

/** tiny-s with a chat template, which it lacks. */
function chattyModel(): string {
  const path = join(dir, 'chatty');
  cpSync(TINY, path, { recursive: true });
  const file = join(path, 'tokenizer_config.json');
  const template = "{% for m in messages %}{{ m['content'] }}\n{% endfor %}";
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), chat_template: template }));
  return path;
}

test('the work is sixteen prompts and rows of ReST-EM in steps, every row in one step, ending in the end token', async () => {
  const file = join(dir, 'questions.jsonl');
  writeFileSync(file, Array.from({ length: 20 }, (_, i) => JSON.stringify({ Body: `Ann has ${i}.`, Question: 'How many?' })).join('\n'));
  const work = await makeWork(chattyModel(), file, 2, 8);
  assert.equal(work.prompts.length, 16);
  assert.equal(work.prompts[3]!.text, 'Ann has 3. How many?\n');
  assert.equal(work.steps.flat().length, work.rows.length);
  assert.ok(work.rows.length > 0 && work.steps.every(step => step.length <= 8));
  assert.ok(work.steps.flat().every(({ completion }) => work.endIds.includes(completion.at(-1)!)));
  await assert.rejects(makeWork(TINY, file, 2), /chat template/);
});
