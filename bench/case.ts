// One case in a process of its own, so that its memory is its own: prints {"rate", "memory"} (completion tokens/s, peak bytes).
// Sampling is end to end: prompt text in, completions' text out. Training is the median of the
// steps after the second: the first ones touch memory for the first time.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../src/engine/engine.ts';
import { parameterShapes, toParameters, toWeights } from '../src/engine/parameters.ts';
import { Trainer } from '../src/engine/trainer.ts';
import { writeCheckpoint } from '../src/engine/weights/checkpoint.ts';
import { openModel } from '../src/engine/weights/open.ts';
import { rngOf } from '../src/random.ts';
import { type Case, cases, shape5m } from './cases.ts';

const [name, smollm2 = '', threadsText = '2'] = process.argv.slice(2);
const threads = Number(threadsText);
const chosen = cases.find(c => c.name === name);
if (!chosen) throw new Error(`no case ${name}`);
const rng = rngOf(5);

/** Random weights of the 5 M shape in a folder, with the tokenizer of tiny-s. */
async function makeShape(dir: string): Promise<void> {
  const donor = await openModel(join(import.meta.dirname, '../models/tiny-s'));
  const config = shape5m(donor.config.vocab);
  const draw = (shape: readonly number[]) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (shape.length === 1 ? 1 : (rng.next() - 0.5) * 0.1));
  const parameters = new Map(parameterShapes(config).map(({ name: n, shape }) => [n, draw(shape)]));
  const sidecars = new Map([...donor.sidecars].filter(([file]) => file !== 'config.json'));
  await donor.close();
  await writeCheckpoint(dir, { config, sidecars, tensors: toWeights(config, parameters), dtype: 'F32' });
}

const words = readFileSync(join(import.meta.dirname, 'cases.ts'), 'utf8')
  .split(/\s+/)
  .filter(w => /^[a-z]+$/.test(w));
/** Text of about this many tokens. */
const textOf = (tokens: number): string => Array.from({ length: tokens }, () => words[rng.below(words.length)]).join(' ');

async function sample(path: string, c: Case): Promise<number> {
  const engine = new Engine({ threads, rows: c.rows, maxTokens: 2048 }, () => false);
  const source = await openModel(path);
  const { tokenizer } = source;
  await source.close();
  const promptText = () => tokenizer.decode(tokenizer.encode(textOf(c.promptTokens)).slice(0, c.promptTokens));
  const request = (i: number, draws: number) => ({
    id: String(i),
    prompt: { kind: 'text', text: promptText() } as const,
    seeds: Array.from({ length: draws }, (_, d) => 1000 * i + d),
  });
  const settings = { temperature: 0.7, topK: 40, topP: 1, maxTokens: c.completionTokens, stop: ['\u0000'] };
  await engine.sample(path, [request(0, Math.max(64, c.rows))], { ...settings, maxTokens: 16 });
  const began = performance.now();
  const result = await engine.sample(
    path,
    Array.from({ length: c.prompts }, (_, i) => request(i + 1, c.draws)),
    settings,
  );
  const tokens = result.flat().reduce((n, g) => n + g.tokens.length, 0);
  return tokens / ((performance.now() - began) / 1000);
}

const STEPS = 5;

async function train(path: string, c: Case): Promise<number> {
  const source = await openModel(path);
  const trainer = await Trainer.open(source.config, await toParameters(source.config, n => source.read(n)), { threads });
  const ids = (n: number) => Array.from({ length: n }, () => rng.below(source.config.vocab));
  const completion = () => ({ tokens: ids(c.completionTokens), weights: Array.from({ length: c.completionTokens }, () => 1e-3) });
  const rates: number[] = [];
  for (let step = 0; step < (c.steps ?? STEPS); step++) {
    const problems = Array.from({ length: c.prompts }, () => ({
      prompt: ids(c.promptTokens),
      completions: Array.from({ length: c.draws }, completion),
    }));
    const began = performance.now();
    await trainer.accumulate(problems);
    await trainer.apply(1e-5, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clip: 1 });
    rates.push((c.prompts * c.draws * c.completionTokens) / ((performance.now() - began) / 1000));
  }
  const settled = rates.slice(Math.min(2, (c.steps ?? STEPS) - 1)).sort((a, b) => a - b);
  return settled[Math.floor(settled.length / 2)]!;
}

const dir = mkdtempSync(join(tmpdir(), 'rest-em-bench-'));
try {
  const path = chosen.model === 'smollm2' ? smollm2 : join(dir, 'shape');
  if (chosen.model === 'shape-5m') await makeShape(path);
  const rate = await { sample, train }[chosen.work](path, chosen);
  console.log(JSON.stringify({ rate: Math.round(rate), memory: process.resourceUsage().maxRSS * 1024 }));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
