// What comes over the wire is believed only as far as it has the form: frames, messages of the sessions, frames of the candidates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer, readAsk, saysLoaded } from './answers.ts';
import { endingOf } from './ends.ts';
import { FrameError, FrameReader, packFrame } from './frames.ts';
import { LARGEST_FRAME } from './limits.ts';
import { type Observed, readMessage } from './messages.ts';
import { isValue } from './values.ts';

test('frames survive any cut, and several come of one piece', () => {
  const bytes = Buffer.concat([packFrame({ a: 'é'.repeat(100) }), packFrame({}), packFrame({ b: 2 })]);
  for (const size of [1, 3, 7, 64, bytes.length]) {
    const reader = new FrameReader();
    const texts: string[] = [];
    for (let i = 0; i < bytes.length; i += size) texts.push(...reader.push(bytes.subarray(i, i + size)));
    assert.deepEqual(
      texts.map(t => JSON.parse(t)),
      [{ a: 'é'.repeat(100) }, {}, { b: 2 }],
    );
  }
});

test('a frame that is too long is refused by its header', () => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(LARGEST_FRAME + 1);
  assert.throws(() => new FrameReader().push(header), FrameError);
});

const usage = { cpu: 1, wall: 2, stdout: Buffer.from('é\n').toString('base64'), stderr: '' };

test('messages of sessions are read, and anything else is null', () => {
  assert.deepEqual(readMessage(JSON.stringify({ op: 'observed', how: 'exited', code: -9, ...usage, more: 1 })), {
    op: 'observed',
    how: 'exited',
    code: -9,
    cpu: 1,
    wall: 2,
    stdout: Buffer.from('é\n'),
    stderr: '',
  });
  const wrong = [
    '',
    '[]',
    'null',
    '{}',
    '{"op":"x"}',
    '{"op":"toString"}',
    '{"op":"closed","status":"0"}',
    '{"op":"frame"}',
    `{"op":"observed","how":"won","code":0}`,
  ];
  for (const text of wrong) assert.equal(readMessage(text), null, text);
});

const int = { t: 'int', v: '7' };

test('an answer has an id and values, or it is null', () => {
  const whole = { id: 3, value: int, args: [int], kw: { k: null }, unknown: true };
  assert.deepEqual(readAnswer(JSON.stringify(whole)), { kind: 'value', id: 3, value: int, args: [int], kw: { k: null } });
  assert.deepEqual(readAnswer('{"id":1,"missing":true}'), { kind: 'missing', id: 1 });
  const wrong = [
    { ...whole, id: '3' },
    { ...whole, value: 7 },
    { ...whole, value: undefined },
    { ...whole, args: int },
    { ...whole, kw: [] },
    { ...whole, args: [7] },
    [whole],
    7,
  ];
  for (const answer of wrong) assert.equal(readAnswer(JSON.stringify(answer)), null, JSON.stringify(answer));
  assert.equal(readAnswer('{"id":'), null);
  assert.equal(saysLoaded('{"loaded":"yes"}'), false);
});

test('what the tests ask has a form as well', () => {
  assert.equal(readAsk(JSON.stringify({ call: 1, fn: 'f', args: [], kw: {} }))?.kind, 'call');
  assert.equal(readAsk(JSON.stringify({ call: 1, fn: 'f g', args: [], kw: {} })), null);
  assert.equal(readAsk(JSON.stringify({ test: 0, end: 'passed', detail: '' }))?.kind, 'test');
  assert.equal(readAsk(JSON.stringify({ test: 0, end: 'won', detail: '' })), null);
});

test('values are exact in form, all the way down', () => {
  const good = [
    null,
    true,
    'x',
    int,
    { t: 'float', v: '0x1.8p+1' },
    { t: 'float', v: '-inf' },
    { t: 'complex', v: ['0x0.0p+0', 'nan'] },
    { t: 'dict', v: [[int, { t: 'set', v: [int] }]] },
    { t: 'bytes', v: '00ff' },
  ];
  for (const value of good) assert.ok(isValue(value), JSON.stringify(value));
  const bad = [
    7,
    undefined,
    {},
    [],
    { t: 'int', v: 7 },
    { t: 'int', v: '7.0' },
    { t: 'int', v: '' },
    { t: 'float', v: '1e3' },
    { t: 'bytes', v: 'f' },
    { t: 'list', v: 'x' },
    { t: 'dict', v: [[int]] },
    { t: 'constructor', v: [] },
    { t: 'list', v: [{ t: 'list', v: [7] }] },
  ];
  for (const value of bad) assert.ok(!isValue(value), JSON.stringify(value));
});

test('what a program writes itself is no longer than what ours would write', () => {
  assert.ok(isValue({ t: 'int', v: '9'.repeat(200_000) }));
  assert.ok(isValue({ t: 'int', v: `-0x${'f'.repeat(1_000_000)}` }));
  assert.ok(!isValue({ t: 'int', v: '9'.repeat(1_000_000) }), 'seconds to read, in the host');
  assert.ok(isValue({ t: 'bytes', v: 'ab'.repeat(1_000_000) }));
  assert.ok(!isValue({ t: 'bytes', v: 'abc' }));
  const long = 'x'.repeat(100_000);
  const answer = readAnswer(JSON.stringify({ id: 1, raised: 'ValueError', kind: long, message: long, args: [], kw: {} }));
  assert.ok(answer?.kind === 'raised' && answer.message.length === 500 && answer.type.length === 500);
});

test('a value nested deeper than any program needs is refused without a stack', () => {
  let value: unknown = int;
  for (let i = 0; i < 20_000; i++) value = { t: 'list', v: [value] };
  assert.equal(isValue(value), false);
});

const limits = { cpuSeconds: 2, wallSeconds: 7, memoryBytes: 2 ** 28 };
const observed = (how: Observed['how'], code: number, cpu = 0.1, stderr = ''): Observed => ({
  op: 'observed',
  how,
  code,
  cpu,
  wall: 1,
  stdout: Buffer.alloc(0),
  stderr,
});

test('an end is named by what was seen: a kill at the CPU limit is the limit, any other a crash, and an OOM kill is memory whatever else', () => {
  const end = (o: Observed, oom = false) => endingOf(o, limits, oom).end;
  assert.equal(end(observed('exited', 0)), 'exit');
  assert.equal(end(observed('exited', 0), true), 'memory');
  assert.equal(end(observed('exited', 3)), 'runtime_error');
  assert.equal(end(observed('exited', -9, 2.1)), 'timeout_cpu');
  assert.equal(end(observed('exited', -9, 1)), 'runtime_error');
  assert.equal(end(observed('exited', -25)), 'output_limit');
  assert.equal(end(observed('exited', -63)), 'load_error');
  assert.equal(end(observed('exited', -62)), 'memory');
  assert.equal(end(observed('cpu', -9)), 'timeout_cpu');
  assert.equal(end(observed('wall', -9)), 'timeout_wall');
  assert.equal(endingOf(observed('exited', 1, 0.1, 'Traceback\n  x\nValueError: no\n'), limits, false).detail, 'ValueError: no');
});
