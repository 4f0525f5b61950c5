// rest-em verify DIR: every sample of a run judged again with the task as it is now, without sampling; the ledger is not touched.
import { resolve } from 'node:path';
import type { Verification } from '../loop/verify-run.ts';
import { count, plural } from '../report/words.ts';
import type { CliCommand } from './command.ts';

export const verify: CliCommand = {
  name: 'verify',
  summary: 'judge the samples of a run again, without sampling',
  declare: command => command.argument('<dir>', 'the directory of a run').option('--json', 'print JSON'),
  async act([argument = ''], options, context) {
    const { readSavedSettings } = await import('../config/saved.ts');
    const { openTask } = await import('../config/task.ts');
    const { verifyRun } = await import('../loop/verify-run.ts');
    const dir = resolve(context.cwd, argument);
    const { task } = await openTask(readSavedSettings(dir).task);
    const result = await verifyRun(dir, task);
    context.out(options.json ? `${JSON.stringify(result, null, 2)}\n` : words(result));
  },
};

/** Changed verdicts listed before the rest is only counted. */
const MOST_LISTED = 20;

/** Another sandbox may judge otherwise: threads, recursion, speed. */
function sandboxWords({ before, now }: Verification['sandboxes']): string[] {
  if (now === null) return [];
  const then = before.length === 0 ? 'of the run it is not known' : `in the run in ${before.join(' and ')}`;
  const isSame = before.length === 1 && before[0] === now;
  return [
    isSame ? `programs were run in ${now}, as in the run` : `programs were run in ${now} now, ${then}: verdicts may differ for that alone`,
  ];
}

function words({ samples, verdicts, changed, orphans, sandboxes, halfWritten }: Verification): string {
  const kinds = Object.entries(verdicts).map(([kind, n]) => `${count(n)} ${kind}`);
  const listed = changed.slice(0, MOST_LISTED).map(c => `  ${c.id}: ${c.before.verdict} -> ${c.after.verdict} (${c.after.reason})`);
  return [
    `${plural(samples, 'sample')} judged again: ${kinds.join(', ')}`,
    ...sandboxWords(sandboxes),
    changed.length === 0 ? 'every verdict is what it was' : `${plural(changed.length, 'verdict')} changed:`,
    ...listed,
    ...(changed.length > MOST_LISTED ? [`  and ${count(changed.length - MOST_LISTED)} more (--json lists all)`] : []),
    ...(orphans.length > 0 ? [`${plural(orphans.length, 'sample')} of problems that the task no longer has`] : []),
    ...halfWritten.map(file => `${file}: its last line is half-written and was passed over`),
    '',
  ].join('\n');
}
