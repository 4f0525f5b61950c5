// npm run bench -- curves [--model PATH] [--steps 50] [--rows 4]: whether our training is the training of a plain PyTorch loop: both fit the same batches
// from the same weights in float32, and the losses of every step are set side by side.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, EngineError } from '../../src/errors.ts';
import { findModel, findPrompts, findRunner } from './find.ts';
import { formsOf } from './forms.ts';
import { type Peer, peers } from './peers.ts';
import { runPeer } from './run.ts';
import { guarded, say } from './say.ts';
import { makeWork, type Work } from './work.ts';

const LIMIT_MS = 3600e3;
/** Printed: the first steps, then every so many. */
const FIRST = 3;
const EVERY = 10;

const trainer = (name: string, part: number): Peer => ({ ...peers.find(p => p.name === name)!, part });

async function lossesOf(peer: Peer, model: string, work: string, cores: number): Promise<readonly number[]> {
  const runner = findRunner(peer);
  if (typeof runner === 'string') throw new ConfigError({ field: peer.name, message: runner });
  say(`${peer.name}: ${peer.part} steps`);
  const measured = await runPeer(peer, runner, { model, work, cores, limitMs: LIMIT_MS });
  if (typeof measured === 'string') throw new EngineError(`${peer.name}: ${measured}`);
  return measured.losses ?? [];
}

async function bothCurves(model: string, work: Work, steps: number) {
  const dir = mkdtempSync(join(tmpdir(), 'rest-em-curves-'));
  const forms = formsOf(model, dir);
  const file = join(dir, 'work.json');
  writeFileSync(file, JSON.stringify(work));
  try {
    const pytorch = await lossesOf(trainer('pytorch_fp32', steps), await forms('folder'), file, work.cores);
    const ours = await lossesOf(trainer('ours', steps), await forms('given'), file, work.cores);
    return { ours, pytorch };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const options = {
  json: { type: 'boolean' },
  model: { type: 'string' },
  prompts: { type: 'string' },
  steps: { type: 'string', default: '50' },
  rows: { type: 'string', default: '4' },
  cores: { type: 'string', default: '2' },
} as const;

await guarded(async () => {
  const { values } = parseArgs({ options });
  const model = await findModel(values.model);
  const work = await makeWork(model, findPrompts(values.prompts), Number(values.cores), Number(values.rows));
  const steps = Math.min(Number(values.steps), work.steps.length);
  const { ours, pytorch } = await bothCurves(model, work, steps);
  const apart = ours.map((loss, i) => Math.abs(loss - pytorch[i]!) / pytorch[i]!);
  const largest = Math.max(...apart);
  if (values.json) {
    console.log(JSON.stringify({ steps, largest, ours, pytorch }));
    return;
  }
  for (const [i, loss] of ours.entries())
    if (i < FIRST || (i + 1) % EVERY === 0 || i === steps - 1)
      console.log(`step ${String(i + 1).padStart(3)}  ours ${loss.toFixed(5)}  PyTorch ${pytorch[i]!.toFixed(5)}`);
  console.log(`largest relative difference in ${steps} steps of ${values.rows} rows: ${(100 * largest).toFixed(4)} %`);
});
