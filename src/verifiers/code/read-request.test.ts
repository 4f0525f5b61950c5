// Lines of `judge code`: what is read, and that every line, whatever it holds, is answered with what is wrong with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRequest } from './read-request.ts';

const line = (more: object) =>
  JSON.stringify({ id: 7, language: 'python', mode: 'stdio', program: 'p', tests: { stdio: [['i', 'o']] }, ...more });

test('the three modes are read, with limits in our words', () => {
  const stdio = readRequest(line({ limits: { cpu_seconds: 1.5, memory_bytes: 1048576 } }));
  assert.deepEqual(stdio, {
    id: 7,
    request: {
      language: 'python',
      mode: 'stdio',
      program: 'p',
      tests: [{ input: 'i', output: 'o' }],
      limits: { cpuSeconds: 1.5, memoryBytes: 1048576 },
    },
  });
  const call = readRequest(
    '{"language":"javascript","mode":"call","program":"p","fn":"f","tests":{"call":[[[12345678901234567890],1.0]]}}',
  );
  assert.deepEqual('request' in call && call.request.mode === 'call' && call.request.tests[0], {
    args: [{ t: 'int', v: '12345678901234567890' }],
    result: { t: 'float', v: '0x1.0000000000000p+0' },
  });
  const one = readRequest(line({ mode: 'assert', tests: { asserts: 'assert f(1)' }, setup: 's', fn: 'f' }));
  assert.deepEqual('request' in one && one.request.mode === 'assert' && [one.request.asserts, one.request.setup, one.request.names], [
    ['assert f(1)'],
    's',
    ['f'],
  ]);
});

test('input and output may be lists of lines', () => {
  const read = readRequest(line({ tests: { stdio: [[['1', '2'], ['3']]] } }));
  assert.deepEqual('request' in read && read.request.mode === 'stdio' && read.request.tests, [{ input: '1\n2', output: '3' }]);
});

test('a mistake is named by its field, and the id is kept', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [line({ language: 'ruby' }), /"language" is "ruby"; accepted: python, javascript/],
    [line({ mode: 'call', tests: { call: [[[1], 2]] } }), /has no "fn"/],
    [line({ mode: 'call', fn: 'f', tests: { call: [[1, 2]] } }), /"tests.call\[0\]\[0\]" is no list of arguments/],
    [line({ program: undefined }), /has no "program"/],
    [line({ tests: { stdio: [['a']] } }), /"tests.stdio\[0\]" is no pair/],
    [line({ tests: { stdio: [[1, 'a']] } }), /is no text/],
    [line({ tests: { call: [] } }), /"tests.stdio" is no list of pairs/],
    [line({ mode: 'assert', tests: { asserts: [1] } }), /"tests.asserts"/],
    [line({ limits: { cpu_seconds: 0 } }), /"limits.cpu_seconds" is no number above 0/],
    [line({ limits: { wall_seconds: '3' } }), /"limits.wall_seconds"/],
  ];
  for (const [text, message] of wrong) {
    const read = readRequest(text);
    assert.ok('wrong' in read, text);
    assert.match(read.wrong, message);
    assert.equal(read.id, 7);
  }
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => assert.ok(readRequest(text))));
  for (const text of ['', '[]', '{', '{"id":', 'null', '"x"', '['.repeat(100_000)]) assert.ok('wrong' in readRequest(text));
});
