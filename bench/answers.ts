// node bench/answers.ts [--python PYTHON] [--seconds N]: how many pairs a second the judge of math answers compares on one core, over the shared fixtures
// (REST_EM_SHARED) or the small ones of this repository; beside it Math-Verify's rate, where a Python that has it is named. A table, never a test.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judgeAnswer } from '../src/verifiers/answers/judge.ts';

const { values } = parseArgs({ options: { python: { type: 'string' }, seconds: { type: 'string', default: '3' } } });
const shared = process.env.REST_EM_SHARED;
const folder = shared ? join(shared, 'fixtures/answers') : join(import.meta.dirname, '../test/fixtures/answers');

interface Row {
  readonly gold: string;
  readonly pred: string;
  readonly extract?: boolean;
  readonly extract_gold?: boolean;
}

const rowsOf = (file: string): Row[] => {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Row);
};

const pairs = [...rowsOf('equivalence.jsonl'), ...rowsOf('mutations.jsonl')]
  .filter(row => !row.extract && !row.extract_gold)
  .map(row => [row.gold, row.pred] as const);

/** Pairs a second, all pairs in turn until the time is up; `fresh` makes every text new, so that no parse is kept from the round before. */
function rate(isFresh: boolean, seconds: number): number {
  const started = process.cpuUsage();
  const used = () => process.cpuUsage(started).user / 1e6;
  let count = 0;
  for (let round = 0; used() < seconds; round++) {
    const blank = isFresh ? ' '.repeat(round % 2000) : '';
    for (const [reference, answer] of pairs) judgeAnswer(blank + reference, answer + blank);
    count += pairs.length;
  }
  return Math.round(count / used());
}

const script = `
import json, sys, time
from math_verify import parse, verify
pairs = json.load(sys.stdin)
wrap = lambda s: s if '$' in s or chr(92) + 'boxed' in s else '$' + s + '$'
started = time.process_time()
for gold, pred in pairs:
    try: verify(parse(wrap(gold), parsing_timeout=None), parse(wrap(pred), parsing_timeout=None), timeout_seconds=None)
    except Exception: pass
print(len(pairs) / (time.process_time() - started))
`;

/** Math-Verify's pairs a second of its own processor time, its start not counted. */
function peerRate(python: string): number {
  return Number(
    execFileSync(python, ['-c', script], { input: JSON.stringify(pairs), encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }),
  );
}

const seconds = Number(values.seconds);
rate(false, 1); // warm
const [kept, fresh] = [rate(false, seconds), rate(true, seconds)];
console.log(`${pairs.length} pairs`);
console.log(`references and answers seen before  ${kept} pairs/s`);
console.log(`every text new                      ${fresh} pairs/s`);
if (values.python) {
  const peer = peerRate(values.python);
  console.log(
    `Math-Verify                         ${peer.toFixed(1)} pairs/s (ratio ${(fresh / peer).toFixed(0)}, seen before ${(kept / peer).toFixed(0)})`,
  );
}
