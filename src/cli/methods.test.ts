import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { METHODS } from '../methods/table.ts';

const BIN = join(import.meta.dirname, '../../bin/rest-em.js');
const printed = (...args: readonly string[]) => execFileSync(process.execPath, [BIN, 'methods', ...args], { encoding: 'utf8' });

test('methods --json prints every method with its title, its paper and all that its row says', () => {
  const all = JSON.parse(printed('--json')) as { name: string; title: string; paper: string; settings: object }[];
  assert.deepEqual(
    all.map(({ name }) => name),
    ['rest-em', 'rest', 'star', 'rft', 'expert-iteration', 'iml', 'rwr', 'raft', 'sft', 'random'],
  );
  for (const { settings, ...rest } of all) assert.deepEqual({ ...rest, ...settings }, METHODS[rest.name as keyof typeof METHODS]);
});

test('methods prints a paragraph a method', () => {
  const paragraphs = printed().trimEnd().split('\n\n');
  assert.deepEqual(
    paragraphs.map(paragraph => paragraph.split('\n')[0]),
    Object.keys(METHODS),
  );
});
