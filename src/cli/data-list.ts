// rest-em data list: the data sets we know by name, and which of them are here.
import type { CliCommand } from './command.ts';

export const dataList: CliCommand = {
  name: 'list',
  summary: 'the data sets that can be named, and which are here',
  declare: command => command.option('--json', 'print JSON'),
  async act(_, options, context) {
    const { DATA_SETS } = await import('../data/sets.ts');
    const { pulledFiles } = await import('../data/pull.ts');
    const { hubCacheOf } = await import('./hub.ts');
    const hubCache = hubCacheOf(context);
    const rows = Object.entries(DATA_SETS).map(([name, { about, columns, files }]) => {
      const wanted = Object.values(files);
      const here = Object.keys(pulledFiles(name, hubCache)).length;
      return {
        name,
        about,
        columns,
        hub: [...new Set(wanted.map(source => source.repo))],
        here: wanted.length > 0 && here === wanted.length,
      };
    });
    if (options.json) context.out(`${JSON.stringify(rows, null, 2)}\n`);
    else for (const { name, about, here } of rows) context.out(`${name.padEnd(15)} ${here ? 'here' : '-   '} ${about}\n`);
  },
};
