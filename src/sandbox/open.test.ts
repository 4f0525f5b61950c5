import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SandboxError } from '../errors.ts';
import type { Backend, Probe } from './backend.ts';
import { openSandbox } from './open.ts';
import type { BackendRow } from './table.ts';

const fake = (name: Backend['name']): Backend => ({
  name,
  languages: ['python'],
  enforced: [],
  run: async () => null,
  close: async () => undefined,
});

function row(name: Backend['name'], works: boolean, asked: string[] = []): BackendRow {
  return {
    name,
    languages: ['python'],
    async probe(): Promise<Probe> {
      asked.push(name);
      return works ? { ok: true, backend: fake(name) } : { ok: false, name, reason: `${name} is\nbroken`, remedy: `mend ${name}` };
    },
  };
}

test('the first backend that holds is opened, and none after it is tried', async () => {
  const asked: string[] = [];
  const table = [row('bwrap', false, asked), row('deno-pyodide', true, asked), row('quickjs', true, asked)];
  assert.equal((await openSandbox('python', {}, table)).name, 'deno-pyodide');
  assert.deepEqual(asked, ['bwrap', 'deno-pyodide']);
  assert.equal((await openSandbox('python', { backends: ['quickjs'] }, table)).name, 'quickjs');
});

test('none holds: refused, with what was tried, why it failed and how to get it, a line each', async () => {
  const table = [row('bwrap', false), row('deno-pyodide', false)];
  await assert.rejects(openSandbox('python', {}, table), (error: unknown) => {
    assert.ok(error instanceof SandboxError);
    assert.deepEqual(error.message.split('\n').slice(1), [
      '  bwrap: bwrap is broken. To get it: mend bwrap',
      '  deno-pyodide: deno-pyodide is broken. To get it: mend deno-pyodide',
    ]);
    return true;
  });
});

test('a language nobody runs is refused', async () => {
  await assert.rejects(openSandbox('javascript', {}, [row('bwrap', true)]), /no sandbox for javascript/);
});
