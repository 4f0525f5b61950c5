// rest-em data check TASK: reads the problems of a task as a run would, and says what is there: how many, of which levels and subjects, with
// how many human solutions, and what was left out. The same complaints as a run's, before there is a model.
import type { Problem } from '../tasks/task.ts';
import type { CliCommand } from './command.ts';
import { withSet } from './options.ts';

export const dataCheck: CliCommand = {
  name: 'check',
  summary: 'read the problems of a task as a run would, and say what is there',
  declare: command =>
    withSet(command).argument('<task>', 'a task or data set by its name, or a configuration').option('--json', 'print JSON'),
  async act([argument = ''], options, context) {
    const { openTaskNamed } = await import('./task-named.ts');
    const { task, notes } = await openTaskNamed(argument, (options.set as readonly string[] | undefined) ?? [], context);
    const splits: Record<string, object> = {};
    for (const split of ['train', 'test'] as const) splits[split] = { ...factsOf(await task.problems(split)), notes: await notes(split) };
    context.out(options.json ? `${JSON.stringify({ task: task.name, splits }, null, 2)}\n` : wordsOf(task.name, splits));
  },
};

const tally = (values: readonly (string | undefined)[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const value of values) if (value !== undefined) counts[value] = (counts[value] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
};

const factsOf = (problems: readonly Problem[]) => ({
  problems: problems.length,
  solutions: problems.filter(p => p.solution !== undefined).length,
  levels: tally(problems.map(p => p.level)),
  subjects: tally(problems.map(p => p.subject)),
});

type Facts = ReturnType<typeof factsOf> & { readonly notes: readonly string[] };

function wordsOf(name: string, splits: Readonly<Record<string, object>>): string {
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([value, n]) => `${value} (${n})`)
      .join(', ');
  const lines = Object.entries(splits).flatMap(([split, facts]) => {
    const { problems, solutions, levels, subjects, notes } = facts as Facts;
    return [
      `${name} ${split}: ${problems} problems, ${solutions} with a human solution`,
      ...(Object.keys(levels).length > 0 ? [`  levels ${list(levels)}`] : []),
      ...(Object.keys(subjects).length > 0 ? [`  subjects ${list(subjects)}`] : []),
      ...notes.map(note => `  note: ${note}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}
