// rest-em doctor sandbox: every backend is probed afresh and, where it works, attacked with the hostile programs that come with the package. Exit code 0
// when at least one backend holds against all of them, else 1.
import { CheckFailed } from '../errors.ts';
import type { Held } from '../sandbox/hostile/run.ts';
import type { BackendRow } from '../sandbox/table.ts';
import type { CliCommand, Context } from './command.ts';
import { sandboxPackages } from './sandbox-packages.ts';

interface Examined {
  readonly name: string;
  readonly languages: readonly string[];
  readonly works: boolean;
  /** Where it does not work. */
  readonly reason?: string;
  readonly remedy?: string;
  /** Where it does. */
  readonly enforced?: readonly string[];
  readonly programs?: readonly Held[];
}

export const doctorSandbox: CliCommand = {
  name: 'sandbox',
  summary: 'probe every sandbox and attack it with hostile programs',
  declare: command => command.option('--json', 'print JSON').option('--quick', 'probe only'),
  async act(_, options, context) {
    const { BACKENDS } = await import('../sandbox/table.ts');
    const examined: Examined[] = [];
    for (const row of BACKENDS) {
      context.err(`probing ${row.name}\n`);
      examined.push(await examine(row, options.quick === true, context));
      if (!options.json) context.out(words(examined.at(-1)!));
    }
    if (options.json) context.out(`${JSON.stringify(examined, null, 2)}\n`);
    if (!examined.some(holds)) throw new CheckFailed('no sandbox holds here: programs cannot be judged on this machine');
  },
};

async function examine({ name, languages, probe }: BackendRow, quick: boolean, context: Context): Promise<Examined> {
  const found = await probe({ afresh: true, packages: sandboxPackages(context) });
  if (!found.ok) return { name, languages, works: false, reason: found.reason, remedy: found.remedy };
  const { backend } = found;
  try {
    const programs = quick ? [] : await attacked(backend, context);
    return { name, languages, works: true, enforced: backend.enforced, programs };
  } finally {
    await backend.close();
  }
}

async function attacked(backend: Parameters<typeof import('../sandbox/hostile/run.ts').runAll>[0], context: Context): Promise<Held[]> {
  const { runAll } = await import('../sandbox/hostile/run.ts');
  const { HOSTILE } = await import('../sandbox/hostile/table.ts');
  context.err(`attacking ${backend.name}\n`);
  return runAll(backend, HOSTILE, context.signal);
}

const holds = ({ works, programs = [] }: Examined): boolean => works && programs.every(p => p.held !== false);

const MARK = { true: 'held', false: 'BROKE', 'not run': 'not run' } as const;

function words(e: Examined): string {
  if (!e.works) return `${e.name} (${e.languages.join(', ')}): cannot be used here\n  because: ${e.reason}\n  to get it: ${e.remedy}\n\n`;
  const programs = e.programs ?? [];
  const width = Math.max(0, ...programs.map(p => p.what.length));
  const rows = programs.map(p => `  ${MARK[`${p.held}`].padEnd(8)}${p.what.padEnd(width)}  ${p.got}`);
  const count = (held: Held['held']) => programs.filter(p => p.held === held).length;
  const sum = programs.length === 0 ? [] : [`  ${count(true)} held, ${count(false)} broke, ${count('not run')} not run`];
  return [`${e.name} (${e.languages.join(', ')}): works`, ...e.enforced!.map(phrase => `  ${phrase}`), ...rows, ...sum, '', ''].join('\n');
}
