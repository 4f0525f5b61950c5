// rest-em methods: every method there is, with its settings and its paper, from the data that the loop reads.
import type { CliCommand } from './command.ts';

export const methods: CliCommand = {
  name: 'methods',
  summary: 'the methods, their settings and their papers',
  declare: command => command.option('--json', 'print JSON: name, title, paper and all settings of each'),
  async act(_, options, context) {
    const { methodJson, methodsText } = await import('../methods/describe.ts');
    const { METHODS } = await import('../methods/table.ts');
    const all = Object.values(METHODS);
    context.out(options.json ? `${JSON.stringify(all.map(methodJson), null, 2)}\n` : methodsText(all));
  },
};
