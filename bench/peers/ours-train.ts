// ours-train.ts MODEL WORK STEPS [WARM]: our fit as `rest-em run` uses it, for so many steps; the clock starts after the first WARM. Stops with an error
// where a step does not hold the tokens that the others were given.
import { readFileSync } from 'node:fs';
import { openEmbeddedPolicy } from '../../src/policy/embedded.ts';
import { peerArguments, print } from './measured.ts';
import type { Work } from './work.ts';

const ROWS = 128;

const [model, file, steps] = peerArguments();
const warm = Number(process.argv[5] ?? 1);
const work = JSON.parse(readFileSync(file, 'utf8')) as Work;
const expected = work.steps.map(rows => rows.reduce((sum, { completion }) => sum + completion.length, 0));

const policy = await openEmbeddedPolicy({ threads: work.cores, rows: ROWS });
const fit = await policy.fit(model, work.rows, { ...work.fitting, maxSteps: steps });
const losses: number[] = [];
let began = performance.now();
let tokens = 0;
await fit.epoch(({ step, loss, tokens: came }) => {
  if (came !== expected[step - 1]) throw new Error(`step ${step} has ${came} completion tokens, the peers' has ${expected[step - 1]}`);
  losses.push(loss);
  if (step === warm) began = performance.now();
  if (step > warm) tokens += came;
});
const seconds = (performance.now() - began) / 1000;
await fit.close();
await policy.close();
print({ tokens, seconds, losses });
