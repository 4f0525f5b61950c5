// npm run bench -- engine [--json] [--model FILE] [--only CASE]: speed and memory of the engine, each case in a process of its own, beside the prototype it
// is measured against where REST_EM_SHARED names a folder that holds it.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, cases } from './cases.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, model: { type: 'string' }, only: { type: 'string' } } });
const shared = process.env.REST_EM_SHARED;
const model = values.model ?? (shared ? join(shared, 'models/smollm2-135m-instruct-q4_1.gguf') : undefined);
const root = join(import.meta.dirname, '..');

interface Measured {
  readonly rate: number;
  readonly memory: number;
}

const ours = (c: Case): Measured =>
  JSON.parse(execFileSync(process.execPath, [join(root, 'bench/case.ts'), c.name, model ?? ''], { encoding: 'utf8' })) as Measured;

/** The peer's completion tokens/s: its scripts are copied beside our node_modules, which they need. */
function peerOf(c: Case): number | null {
  const { peer } = c;
  if (!peer || !shared || !existsSync(join(shared, 'prototypes'))) return null;
  const dir = mkdtempSync(join(tmpdir(), 'rest-em-peer-'));
  try {
    for (const file of readdirSync(join(shared, 'prototypes')).filter(f => f.endsWith('.mjs')))
      copyFileSync(join(shared, 'prototypes', file), join(dir, file));
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
    const printed = execFileSync(process.execPath, [peer.file, ...peer.args], { cwd: dir, encoding: 'utf8' });
    return Number(peer.figure.exec(printed)?.[1] ?? Number.NaN);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const rows = cases
  .filter(c => !values.only || c.name === values.only)
  .filter(c => c.model !== 'smollm2' || (model && existsSync(model)))
  .map(c => ({ case: c, ours: ours(c), peer: peerOf(c) }));

if (values.json)
  console.log(JSON.stringify(Object.fromEntries(rows.map(r => [r.case.name, { ours: r.ours.rate, memory: r.ours.memory, peer: r.peer }]))));
else
  for (const { case: c, ours: o, peer } of rows) {
    const beside = peer ? `  prototype ${peer} (ratio ${(o.rate / peer).toFixed(2)})` : '';
    console.log(`${c.what.padEnd(62)} ${String(o.rate).padStart(6)} tokens/s  ${(o.memory / 1e9).toFixed(2)} GB${beside}`);
  }
