// npm run bench [-- --json] [--model PATH] [--prompts FILE] [--peers a,b] [--cores 2] [--quick]: completion tokens a second of our sampling and training beside those of
// the peers that are at hand, on the same model, prompts, settings and cores, one after the other. Who is missing or fails is said on stderr.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../src/errors.ts';
import { findModel, findPrompts, findRunner } from './find.ts';
import { formsOf } from './forms.ts';
import type { Measured } from './measured.ts';
import { type Peer, peers } from './peers.ts';
import { runPeer } from './run.ts';
import { guarded, say } from './say.ts';
import { tableOf } from './table.ts';
import { BATCH, DRAWS, makeWork, PROMPTS, type Work } from './work.ts';

const MOST_CORES = 2;
/** Prompts, or steps with the warm one: to see whether everybody runs, not how fast. */
const QUICK = 2;
/** One peer may take so long; all together at most 20 minutes. */
const LIMIT_MS = 400e3;
const ALL_MS = 1170e3;

export interface Result {
  readonly peer: Peer;
  readonly measured: Measured;
  /** Completion tokens a second. */
  readonly rate: number;
}

const rateOf = ({ tokens, seconds }: Measured): number => Math.round((10 * tokens) / seconds) / 10;

/** A peer that cuts the prompts into other ids does other work. */
function sayIfOther({ name, part }: Peer, { promptTokens }: Measured, work: Work): void {
  const expected = work.prompts.slice(0, part).reduce((sum, { ids }) => sum + ids.length, 0);
  if (promptTokens !== undefined && promptTokens !== expected)
    say(`${name}: was given ${promptTokens} prompt tokens, ours are ${expected}`);
}

async function measure(chosen: readonly Peer[], model: string, work: Work): Promise<Result[]> {
  const dir = mkdtempSync(join(tmpdir(), 'rest-em-peers-'));
  const forms = formsOf(model, dir);
  const file = join(dir, 'work.json');
  writeFileSync(file, JSON.stringify(work));
  const results: Result[] = [];
  const end = performance.now() + ALL_MS;
  try {
    for (const peer of chosen) {
      const runner = findRunner(peer);
      if (typeof runner === 'string') {
        say(`${peer.name}: left out: ${runner}`);
        continue;
      }
      const form = await forms(peer.model);
      const limitMs = Math.max(1000, Math.min(LIMIT_MS, end - performance.now()));
      const measured = await runPeer(peer, runner, { model: form, work: file, cores: work.cores, limitMs });
      if (typeof measured === 'string') {
        say(`${peer.name}: ${measured}`);
        continue;
      }
      sayIfOther(peer, measured, work);
      results.push({ peer, measured, rate: rateOf(measured) });
      say(`${peer.name}: ${rateOf(measured)} tokens/s (${measured.tokens} in ${measured.seconds.toFixed(1)} s)`);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return results;
}

function chosenPeers(names: string | undefined): readonly Peer[] {
  const wanted = names?.split(',') ?? peers.map(p => p.name);
  const unknown = wanted.filter(name => !peers.some(p => p.name === name));
  if (unknown.length > 0)
    throw new ConfigError({ field: '--peers', message: `got ${unknown.join(', ')}; accepted: ${peers.map(p => p.name).join(', ')}` });
  return peers.filter(p => wanted.includes(p.name));
}

const ratesOf = (results: readonly Result[], work: Peer['work']) =>
  Object.fromEntries(results.filter(r => r.peer.work === work).map(r => [r.peer.name, r.rate]));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      model: { type: 'string' },
      prompts: { type: 'string' },
      peers: { type: 'string' },
      quick: { type: 'boolean' },
      cores: { type: 'string', default: String(Math.min(MOST_CORES, availableParallelism())) },
    },
  });
  const chosen = chosenPeers(values.peers).map(peer => (values.quick ? { ...peer, part: Math.min(peer.part, QUICK) } : peer));
  const cores = Number(values.cores);
  if (!(Number.isInteger(cores) && cores >= 1))
    throw new ConfigError({ field: '--cores', message: `got ${values.cores}; accepted: 1 or more` });
  const model = await findModel(values.model);
  const work = await makeWork(model, findPrompts(values.prompts), cores);
  say(
    `${model}\n${cores} cores; sampling: ${PROMPTS} prompts x ${DRAWS} of up to ${work.sampling.maxTokens} tokens; training: ${work.rows.length} rows, ${BATCH} a step`,
  );
  const results = await measure(chosen, model, work);
  if (values.json) console.log(JSON.stringify({ sample: ratesOf(results, 'sample'), train: ratesOf(results, 'train') }));
  else process.stdout.write(tableOf(results));
}

await guarded(main);
