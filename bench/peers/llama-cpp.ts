// llama-cpp.ts MODEL.gguf WORK PROMPTS NODE_MODULES: llama.cpp through node-llama-cpp, 64 sequences in one context, each worked off by a loop of its own.
// A sequence that goes on with the same prompt keeps the prompt's keys and values, and no sequence waits for another.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { peerArguments, print } from './measured.ts';
import type { Work } from './work.ts';

const SEQUENCES = 64;
const CONTEXT = 512;

/** The part of node-llama-cpp that is used here. It is no dependency of ours, so its types are not at hand. */
interface Sequence {
  adaptStateToTokens(tokens: readonly number[]): Promise<void>;
  readonly nextTokenIndex: number;
  evaluate(tokens: readonly number[], options: Readonly<Record<string, unknown>>): AsyncIterable<number>;
}
interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<{
    tokenize(text: string, specialTokens: boolean): number[];
    detokenize(tokens: readonly number[], specialTokens: boolean): string;
    createContext(options: Readonly<Record<string, unknown>>): Promise<{ getSequence(): Sequence }>;
  }>;
}
interface LlamaCpp {
  getLlama(options: Readonly<Record<string, unknown>>): Promise<Llama>;
}

const [path, file, prompts] = peerArguments();
const modules = process.argv[5]!;
const work = JSON.parse(readFileSync(file, 'utf8')) as Work;
const { draws, temperature, topK, topP, maxTokens } = work.sampling;
const { getLlama } = (await import(pathToFileURL(join(modules, 'node-llama-cpp/dist/index.js')).href)) as LlamaCpp;
const llama = await getLlama({ gpu: false, build: 'never', maxThreads: work.cores, logLevel: 'error', progressLogs: false });
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({ sequences: SEQUENCES, contextSize: CONTEXT, threads: work.cores });
const sequences = Array.from({ length: SEQUENCES }, () => context.getSequence());

let tokens = 0;
let characters = 0;
async function complete(sequence: Sequence, ids: readonly number[], seed: number, most: number): Promise<void> {
  // At least the last token is evaluated anew: its logits are wanted.
  await sequence.adaptStateToTokens(ids.slice(0, -1));
  const sampled: number[] = [];
  const options = { temperature, topK, topP, minP: 0, seed, yieldEogToken: true };
  for await (const token of sequence.evaluate(ids.slice(sequence.nextTokenIndex), options)) {
    sampled.push(token);
    if (sampled.length === most || work.endIds.includes(token)) break;
  }
  tokens += sampled.length;
  characters += model.detokenize(sampled, false).length;
}

async function sample(texts: readonly string[], most: number): Promise<number> {
  const promptIds = texts.map(text => model.tokenize(text, true));
  const waiting = promptIds
    .flatMap((ids, p) => Array.from({ length: draws }, (_, draw) => ({ ids, seed: 1 + p * draws + draw })))
    .reverse();
  await Promise.all(
    sequences.map(async sequence => {
      for (let next = waiting.pop(); next; next = waiting.pop()) await complete(sequence, next.ids, next.seed, most);
    }),
  );
  return promptIds.reduce((sum, ids) => sum + ids.length, 0);
}

const texts = work.prompts.map(({ text }) => text);
await sample(texts.slice(-2), 4);
tokens = 0;
const began = performance.now();
const promptTokens = await sample(texts.slice(0, prompts), maxTokens);
const seconds = (performance.now() - began) / 1000;
if (characters === 0) throw new Error('nothing was said');
print({ tokens, seconds, completions: prompts * draws, promptTokens });
process.exit(0);
