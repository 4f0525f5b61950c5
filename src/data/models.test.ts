// Models of the Hub, against a server on this machine that answers as the Hub does. What a download can do wrong is tested in pull.test.ts; here it is
// which files make a model, in which order they come, and how a pulled one is named and found again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { runCommand } from '../cli/main.ts';
import { modelsInfo } from '../cli/models-info.ts';
import { loadConfig } from '../config/load.ts';
import { ConfigError, DataError } from '../errors.ts';
import { refPath } from './cache.ts';
import { cachedModel, hubModelPath, type PullModelOptions, parseModelName, pullModel } from './models.ts';

const COMMIT = 'facade'.padEnd(40, '0');
const MICRO = join(import.meta.dirname, '../engine/weights/fixtures/micro');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-models-'));
const read = (name: string) => readFileSync(join(MICRO, name));
const micro = Object.fromEntries(readdirSync(MICRO).map(name => [name, read(name)]));
const small = Buffer.from('small');
const withModelType = (model_type: string) => Buffer.from(JSON.stringify({ ...JSON.parse(String(micro['config.json'])), model_type }));

/** Repositories of the server, by id. */
const HUB: Readonly<Record<string, Readonly<Record<string, Buffer>>>> = {
  'acme/micro': {
    ...micro,
    'README.md': small,
    'pytorch_model.bin': small,
    'onnx/model.onnx': small,
    'original/consolidated.safetensors': small,
  },
  'acme/sharded': Object.fromEntries(
    [
      ...['config.json', 'tokenizer.json', 'model.safetensors', 'model.safetensors.index.json'],
      ...['model-00002-of-00002.safetensors', 'model-00001-of-00002.safetensors'],
    ].map(name => [name, Buffer.from(name)]),
  ),
  'acme/mamba': { ...micro, 'config.json': withModelType('mamba') },
  'acme/gguf': { 'README.md': small, 'micro-Q4_0.gguf': small, 'micro-Q8_0.gguf': readFileSync(join(MICRO, '../micro.gguf')) },
  'acme/one-gguf': { 'config.json': small, 'micro.gguf': small },
  'acme/pickle': { 'config.json': small, 'pytorch_model.bin': small },
  gpt: { ...micro },
};

let requests: string[] = [];
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://hub');
  requests.push(`${request.method} ${pathname}`);
  const revision = /^\/api\/models\/(.+)\/revision\/main$/.exec(pathname)?.[1] ?? '';
  if (HUB[revision])
    return response.end(JSON.stringify({ sha: COMMIT, siblings: Object.keys(HUB[revision]).map(rfilename => ({ rfilename })) }));
  const [, id = '', file = ''] = new RegExp(`^/(.+)/resolve/${COMMIT}/(.+)$`).exec(pathname) ?? [];
  const bytes = HUB[id]?.[file];
  if (!bytes) return response.writeHead(404).end();
  const etag = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  response.writeHead(200, { ETag: `"${etag}"`, 'Content-Length': bytes.length });
  return response.end(request.method === 'HEAD' ? undefined : bytes);
});
let endpoint = '';
before(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  rmSync(HERE, { recursive: true, force: true });
});

let caches = 0;
const optionsOf = (more: Partial<PullModelOptions> = {}): PullModelOptions => {
  requests = [];
  return { hub: { endpoint, retryMs: [] }, hubCache: join(HERE, String(caches++)), isOffline: false, ...more };
};
const named = (text: string) => parseModelName(text);
const fetched = () =>
  requests.filter(line => line.startsWith('GET') && line.includes('/resolve/')).map(line => line.split(`${COMMIT}/`)[1]);

test('a folder comes with the files that we read, weights last, and is opened and found again without a network', async () => {
  const options = optionsOf();
  const pulled = await pullModel(named('acme/micro'), options);
  assert.equal(pulled.path, join(options.hubCache, 'models--acme--micro/snapshots', COMMIT));
  assert.deepEqual(fetched(), ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']);
  assert.deepEqual(readFileSync(join(pulled.path, 'model.safetensors')), micro['model.safetensors']);
  requests = [];
  assert.deepEqual(await pullModel(named('acme/micro'), { ...options, isOffline: true }), pulled);
  assert.deepEqual(requests, []);
  assert.equal(hubModelPath('hf:acme/micro', options.hubCache), pulled.path);
  assert.equal(hubModelPath(`hf:acme/micro@${COMMIT}`, options.hubCache), pulled.path);
  assert.equal((await pullModel(named('gpt'), options)).path, join(options.hubCache, 'models--gpt/snapshots', COMMIT));
});

test('of shards and a whole the index decides', async () => {
  await pullModel(named('acme/sharded'), optionsOf());
  assert.deepEqual(fetched(), [
    ...[
      'config.json',
      'model.safetensors.index.json',
      'tokenizer.json',
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
    ],
  ]);
});

test('a GGUF file is named by a part of its name, and need not be where there is only one', async () => {
  const options = optionsOf();
  const pulled = await pullModel(named('acme/gguf:q8_0'), options);
  assert.deepEqual([fetched(), pulled.files], [['micro-Q8_0.gguf'], [pulled.path]]);
  assert.equal(hubModelPath('hf:acme/gguf', options.hubCache), pulled.path);
  assert.match((await pullModel(named('acme/one-gguf'), options)).path, /micro\.gguf$/);
});

const refusals: readonly (readonly [name: string, says: RegExp])[] = [
  ['acme/gguf', /acme\/gguf has several GGUF files; name one of them: micro-Q4_0\.gguf, micro-Q8_0\.gguf/],
  ['acme/gguf:micro', /more than one GGUF file is called micro/],
  ['acme/gguf:q5', /no GGUF file is called q5; it has micro-Q4_0/],
  ['acme/pickle', /neither model\.safetensors nor a GGUF file.*pytorch_model\.bin/],
  ['acme/none', /acme\/none at main is not on the Hub/],
];
for (const [name, says] of refusals)
  test(`${name} is not pulled, and the line says what there is`, () =>
    assert.rejects(pullModel(named(name), optionsOf()), (error: unknown) => error instanceof DataError && says.test(error.message)));

test('a model that we cannot compute is refused before its weights are fetched', async () => {
  const options = optionsOf({ checkFolder: async path => assert.fail(`looked at ${path}`) });
  await assert.rejects(pullModel(named('acme/mamba'), options), /looked at .*models--acme--mamba/);
  assert.ok(!fetched().includes('model.safetensors'));
  assert.ok(!existsSync(refPath(options.hubCache, 'models/acme/mamba', 'main')));
});

test('a model that was not pulled, and a name that is none, are the user’s to mend', () => {
  assert.throws(() => cachedModel(named('acme/micro'), join(HERE, 'empty')), /acme\/micro is not in .*rest-em models pull acme\/micro/);
  assert.throws(() => hubModelPath('hf:acme/micro', join(HERE, 'empty')), ConfigError);
  for (const name of ['', 'a/b/c', '../a', 'a/../../b', 'a b', 'https://x/y']) assert.throws(() => named(name), ConfigError, name);
  assert.deepEqual(named('a/b@v1:q4.gguf'), { id: 'a/b', revision: 'v1', file: 'q4.gguf' });
});

async function restEm(args: readonly string[], env: Readonly<Record<string, string>>) {
  let [out, err] = ['', ''];
  const code = await runCommand(args, {
    ...{
      cwd: HERE,
      env,
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

test('the command prints the path, and hf: names the model where a model is named', async () => {
  const env = { HF_ENDPOINT: endpoint, HF_HUB_CACHE: join(HERE, 'shared') };
  const pulled = await restEm(['models', 'pull', 'acme/micro'], env);
  assert.deepEqual([pulled.code, pulled.out], [0, `${join(HERE, 'shared/models--acme--micro/snapshots', COMMIT)}\n`]);
  const offline = { ...env, HF_ENDPOINT: 'http://127.0.0.1:1', HF_HUB_OFFLINE: '1' };
  assert.equal((await restEm(['models', 'pull', 'acme/micro'], offline)).out, pulled.out);
  const info = await restEm(['models', 'info', 'hf:acme/micro', '--check', '--json'], offline);
  assert.deepEqual([info.code, JSON.parse(info.out).parameters], [0, 14944]);
  const missing = await restEm(['models', modelsInfo.name, 'hf:acme/other'], offline);
  assert.equal(missing.code, 2);
  assert.match(missing.err, /^rest-em: hf:acme\/other: acme\/other is not in [^\n]*models pull acme\/other[^\n]*\n$/);
  const refused = await restEm(['models', 'pull', 'acme/mamba'], env);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /"mamba" is not supported/);
});

test('a configuration names a model of the Hub', async () => {
  const config = join(import.meta.dirname, '../../examples/quick.config.ts');
  const hubCache = join(HERE, 'shared');
  const load = (cache: string) => loadConfig(config, { cwd: HERE, set: ['model=hf:acme/micro'], hubCache: cache });
  assert.equal((await load(hubCache)).settings.model, join(hubCache, 'models--acme--micro/snapshots', COMMIT));
  await assert.rejects(load(join(HERE, 'empty')), ConfigError);
});
