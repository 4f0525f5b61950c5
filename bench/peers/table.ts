// The results as people read them: rates, how many times as fast ours is, how much of the work was done, memory.
import type { Result } from './main.ts';
import type { Peer } from './peers.ts';

const partOf = ({ work, part }: Peer): string => (work === 'sample' ? `${part} of 16 prompts` : `steps 2 to ${part}`);

function lineOf({ peer, measured, rate }: Result, results: readonly Result[]): string {
  const times = peer.against.flatMap(name => {
    const against = results.find(r => r.peer.work === peer.work && r.peer.name === name);
    return against ? [`${name} x ${(against.rate / rate).toFixed(2)}`] : [];
  });
  const mean = measured.completions ? `${(measured.tokens / measured.completions).toFixed(0)} tokens each` : '';
  const cells = [partOf(peer).padEnd(17), mean.padEnd(15), `${(measured.memory / 1e9).toFixed(2)} GB`.padEnd(9), times.join(', ')];
  return `  ${peer.what.padEnd(42)} ${rate.toFixed(1).padStart(7)} tokens/s  ${cells.join('  ').trimEnd()}`;
}

export function tableOf(results: readonly Result[]): string {
  const sections = (['sample', 'train'] as const).flatMap(work => {
    const rows = results.filter(r => r.peer.work === work);
    return rows.length === 0 ? [] : [work === 'sample' ? 'sampling' : 'training', ...rows.map(r => lineOf(r, results))];
  });
  return `${sections.join('\n')}\n`;
}
