// The export command: what it prints, its exit codes. What is in the files is tested in src/engine/weights/gguf-export.test.ts.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { EXPORT_TYPES } from '../config/export.ts';
import { modelInfo } from '../config/model-info.ts';
import { runCommand } from './main.ts';

const TINY = join(import.meta.dirname, '../../models/tiny-s');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-export-cli-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

async function restEm(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const code = await runCommand(args, {
    ...{
      cwd: HERE,
      env: {},
      input: Readable.from([]),
      isTerminal: false,
      columns: 80,
      signal: new AbortController().signal,
      clock: () => 0,
    },
    out: text => {
      out += text;
    },
    err: text => {
      err += text;
    },
    drained: () => Promise.resolve(),
  });
  return { code, out, err };
}

test('every type is written to where it was asked for, and the line says what it is', async () => {
  for (const type of EXPORT_TYPES) {
    const { code, out, err } = await restEm('export', TINY, '--to', `${type}.gguf`, '--type', type);
    assert.deepEqual([code, err, out], [0, '', `${join(HERE, `${type}.gguf`)}\tGGUF file, ${type.toUpperCase()}, 787,584 parameters\n`]);
    assert.equal((await modelInfo(join(HERE, `${type}.gguf`), { check: true })).parameters, 787584);
  }
  const folder = await restEm('export', 'f16.gguf', '--to', 'folder', '--type', 'f32', '--json');
  assert.deepEqual([folder.code, JSON.parse(folder.out).format], [0, 'Hugging Face folder']);
});

const MISTAKES: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [['export', TINY], /required option '--to <path>'/],
  [['export', TINY, '--to', 'x.gguf', '--type', 'q4_0'], /'q4_0' is invalid.*f32, bf16, f16, q8_0/],
  [['export', TINY, '--to', 'x', '--type', 'q8_0'], /--type: got q8_0; accepted for a folder: f32, bf16, f16/],
  [['export', TINY, '--to', '.'], /exists already/],
  [['export', 'nowhere', '--to', 'x'], /nowhere: there is no such file or folder/],
];
for (const [args, says] of MISTAKES)
  test(`${args
    .slice(1)
    .map(a => a.replace(TINY, 'tiny-s'))
    .join(' ')}: one line, exit code 2, nothing written`, async () => {
    const { code, out, err } = await restEm(...args);
    assert.deepEqual([code, out, err.trimEnd().split('\n').length], [2, '', 1]);
    assert.match(err, says);
    assert.ok(!existsSync(join(HERE, 'x')) && !existsSync(join(HERE, 'x.gguf')));
  });

const ADAPTER = join(import.meta.dirname, '../engine/fixtures/training/lora-qv-sum-adapter-after');
const SCORED = join(HERE, 'rows.jsonl');
const scoresOf = async (model: string): Promise<readonly number[]> => {
  writeFileSync(SCORED, '{"id": "1", "prompt": "12 + 3 = ", "completion": "15, is it not?"}\n');
  const { code, out, err } = await restEm('score', model, '--in', SCORED, '--threads', '1');
  assert.equal(code, 0, err);
  return JSON.parse(out).logprobs;
};

test('an adapter is written merged, as a folder and as GGUF, or alone, and each says what the adapter says', async () => {
  const asked = {
    folder: ['--to', 'merged'],
    gguf: ['--to', 'merged.gguf', '--type', 'f32'],
    alone: ['--to', 'alone/adapter', '--adapter'],
  };
  mkdirSync(join(HERE, 'alone'));
  cpSync(join(ADAPTER, '../../models'), join(HERE, 'models'), { recursive: true });
  const want = await scoresOf(ADAPTER);
  for (const [what, args] of Object.entries(asked)) {
    const { code, out, err } = await restEm('export', ADAPTER, ...args);
    assert.deepEqual([code, err], [0, ''], what);
    assert.match(out, what === 'alone' ? /PEFT adapter, as stored, 1,792 parameters/ : /F32, /);
    const got = await scoresOf(args[1]!);
    for (const [i, x] of got.entries()) assert.ok(Math.abs(x - want[i]!) < 1e-4, `${what}: ${x}, expected ${want[i]}`);
  }
  assert.deepEqual(readdirSync(join(HERE, 'alone/adapter')), ['adapter_config.json', 'adapter_model.safetensors']);
  const base = await scoresOf(join(HERE, 'models/llama-tied'));
  assert.ok(
    base.some((x, i) => Math.abs(x - want[i]!) > 1e-2),
    'the adapter changes nothing',
  );
  const { out } = await restEm('models', 'info', ADAPTER);
  assert.match(out, /PEFT adapter[\s\S]*an adapter \(rank 4, alpha 8; q_proj, v_proj\) beside/);
});

test('a model without an adapter, and an adapter as GGUF, are no adapters to write', async () => {
  for (const [model, to, says] of [
    [TINY, 'y', /is no adapter/],
    [ADAPTER, 'y.gguf', /--to: names a GGUF file/],
  ] as const) {
    const { code, err } = await restEm('export', model, '--to', to, '--adapter');
    assert.equal(code, 2);
    assert.match(err, says);
  }
});
