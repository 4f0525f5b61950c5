// Writes the table of methods into methods.md, between its two marks: `node docs/write-methods.ts`. A test says when that is due.
import { readFileSync, writeFileSync } from 'node:fs';
import { methodsMarkdown } from '../src/methods/describe.ts';
import { METHODS } from '../src/methods/table.ts';

const FILE = new URL('./methods.md', import.meta.url);
const text = readFileSync(FILE, 'utf8');
const [begin, end] = [/<!-- methods: [^\n]*-->\n/.exec(text)!, text.indexOf('<!-- /methods -->')];
const table = methodsMarkdown(Object.values(METHODS));
writeFileSync(FILE, `${text.slice(0, begin.index + begin[0].length)}\n${table}\n${text.slice(end)}`);
