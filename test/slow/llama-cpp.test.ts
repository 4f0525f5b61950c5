// GGUF files that we have written, in llama.cpp: it loads them, reads the same token ids, and says the same greedy tokens as our engine, until one
// where our own model is nearly undecided (llama.cpp keeps keys and values in float16 and multiplies Q8_0 in integers). Needs node-llama-cpp, which is
// no dependency: installed beside this project by hand, or in the folder that the environment variable REST_EM_LLAMA_CPP names.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type ExportType, exportModel } from '../../src/config/export.ts';
import { type Parameters, toParameters } from '../../src/engine/parameters.ts';
import { givenWeights, Sampler } from '../../src/engine/sampler.ts';
import { Scorer } from '../../src/engine/scorer.ts';
import { openModel } from '../../src/engine/weights/open.ts';
import type { ModelSource } from '../../src/engine/weights/source.ts';

const ROOT = join(import.meta.dirname, '../..');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-llama-cpp-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

/** As much of node-llama-cpp 3 as is used here. */
interface LlamaCpp {
  getLlama(options: object): Promise<Llama>;
}
interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<LlamaModel>;
  dispose(): Promise<void>;
}
interface LlamaModel {
  tokenize(text: string, special: boolean): Iterable<number>;
  createContext(options: object): Promise<LlamaContext>;
  dispose(): Promise<void>;
}
interface LlamaContext {
  getSequence(): { evaluate(ids: readonly number[], options: { readonly temperature: number }): AsyncIterable<number> };
  dispose(): Promise<void>;
}

const folder = join(process.env.REST_EM_LLAMA_CPP ?? ROOT, 'node_modules/node-llama-cpp/dist/index.js');
const skip = existsSync(folder) ? false : 'node-llama-cpp is not installed (REST_EM_LLAMA_CPP can name the folder of its node_modules)';
let opened: Promise<Llama> | null = null;
async function llama(): Promise<Llama> {
  const { getLlama } = (await import(pathToFileURL(folder).href)) as LlamaCpp;
  return getLlama({ gpu: false, build: 'never', logLevel: 'error', progressLogs: false });
}
after(async () => void (await (await opened)?.dispose()));

const TOKENS = 24;
/** Nats between our best word and llama.cpp's, where the two part. */
const UNDECIDED = 0.1;
const TEXTS = [
  'Tom has 9 coins. Ann gives Tom 5 coins.\n',
  'Question: 12 pens cost 36.\nAnswer:',
  'naïve Ünïcode 猫 12345',
  ' two  spaces\n\n',
];

async function greedyOf(model: LlamaModel, ids: readonly number[]): Promise<number[]> {
  const context = await model.createContext({ contextSize: 128, threads: 1 });
  const said: number[] = [];
  for await (const id of context.getSequence().evaluate(ids, { temperature: 0 })) if (said.push(id) === TOKENS) break;
  await context.dispose();
  return said;
}

/** Tokens on which both agree before our model is nearly undecided. Throws where they part while it is not. */
async function agreement(
  { config }: ModelSource,
  parameters: Parameters,
  prompt: readonly number[],
  theirs: readonly number[],
): Promise<number> {
  const sampler = new Sampler(config, { threads: 1 });
  const rules = { temperature: 0, topK: 0, topP: 1, maxTokens: theirs.length, endIds: [] };
  const ours = (await sampler.sample(givenWeights(parameters), 'inputs', [{ prompt, seeds: [0] }], rules, 1))[0]![0]!;
  await sampler.close();
  const parted = ours.tokens.findIndex((id, i) => id !== theirs[i]);
  if (parted < 0) return theirs.length;
  const scorer = await Scorer.open(config, { threads: 1, maxTokens: 512 });
  const said = [...prompt, ...ours.tokens.slice(0, parted)];
  const [[best], [other]] = (await scorer.score(
    parameters,
    [ours.tokens[parted]!, theirs[parted]!].map(id => ({ prompt: said, completion: [id] })),
  )) as [[number], [number]];
  await scorer.close();
  assert.ok(best - other < UNDECIDED, `parted after ${parted} tokens, ${best - other} nats apart`);
  return parted;
}

async function check(path: string, types: readonly ExportType[]): Promise<void> {
  opened ??= llama();
  for (const type of types) {
    const to = join(HERE, `${type}-${path.replaceAll('/', '-')}.gguf`);
    await exportModel({ path, to, type });
    const model = await (await opened).loadModel({ modelPath: to });
    const source = await openModel(to);
    const parameters = await toParameters(source.config, name => source.read(name));
    let agreed = 0;
    for (const text of TEXTS) {
      const ids = source.tokenizer.encode(text);
      assert.deepEqual([...model.tokenize(text, false)], ids, JSON.stringify(text));
      agreed += await agreement(source, parameters, ids, await greedyOf(model, ids));
    }
    assert.ok(agreed >= (TEXTS.length * TOKENS) / 2, `${type}: only ${agreed} of ${TEXTS.length * TOKENS} tokens were compared`);
    await source.close();
    await model.dispose();
    rmSync(to);
  }
}

test('llama.cpp says what we say: tiny-s in F32, F16 and Q8_0', { skip }, () => check(join(ROOT, 'models/tiny-s'), ['f32', 'f16', 'q8_0']));

const shared = process.env.REST_EM_SHARED;
const noShared = skip || (shared ? false : 'REST_EM_SHARED is not set');

for (const name of ['llama-tied', 'llama-untied', 'llama3-rope', 'qwen2', 'qwen3'])
  test(`llama.cpp says what we say: ${name} in F32 and F16`, { skip: noShared }, () =>
    check(join(shared ?? '', 'fixtures/engine/models', name), ['f32', 'f16']),
  );

const SMOLLM2 = join(shared ?? '', 'models/smollm2-135m-instruct-q4_1.gguf');
test(
  'llama.cpp says what we say: SmolLM2-135M in F16 and Q8_0',
  { skip: noShared || (existsSync(SMOLLM2) ? false : 'the model is not there') },
  () => check(SMOLLM2, ['f16', 'q8_0']),
);
