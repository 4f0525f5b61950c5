// ours-sample.ts MODEL WORK PROMPTS PRECISION: our sampler as `rest-em run` and `rest-em sample` use it, the engine in its own thread. The model is loaded,
// and in int8 calibrated, before the clock starts.
import { readFileSync } from 'node:fs';
import { openEmbeddedPolicy } from '../../src/policy/embedded.ts';
import { seedOf } from '../../src/random.ts';
import { peerArguments, print } from './measured.ts';
import type { Work } from './work.ts';

const ROWS = 256;

const [model, file, prompts] = peerArguments();
const precision = process.argv[5] === 'int8' ? 'int8' : 'fp32';
const work = JSON.parse(readFileSync(file, 'utf8')) as Work;
const { draws, ...settings } = work.sampling;
const requests = work.prompts.slice(0, prompts).map(({ question }, i) => ({
  id: String(i),
  prompt: { kind: 'chat', messages: [{ role: 'user', content: question }] } as const,
  seeds: Array.from({ length: draws }, (_, draw) => seedOf(1, i, draw)),
}));

const policy = await openEmbeddedPolicy({ threads: work.cores, rows: ROWS, precision });
await policy.sample(model, requests.slice(0, 4), { ...settings, maxTokens: 12 });
const began = performance.now();
const sampled = (await policy.sample(model, requests, settings)).flat();
const seconds = (performance.now() - began) / 1000;
await policy.close();
print({
  tokens: sampled.reduce((sum, { tokens }) => sum + tokens.length, 0),
  seconds,
  completions: sampled.length,
  promptTokens: sampled.filter((_, i) => i % draws === 0).reduce((sum, g) => sum + g.promptTokens, 0),
});
