// rest-em data …: what a task is made from: data sets of the Hub, files to look over before a run, and sheets for what people grade.
import type { CliGroup } from './command.ts';
import { dataCheck } from './data-check.ts';
import { dataList } from './data-list.ts';
import { dataPull } from './data-pull.ts';
import { dataPrompts, dataSheet, dataTotal } from './data-sheet.ts';

export const data: CliGroup = {
  name: 'data',
  summary: 'data sets: pull them, list them, look them over, grade by hand',
  commands: [dataPull, dataList, dataCheck, dataPrompts, dataSheet, dataTotal],
};
